"""The part of the table of news that tells of papers and of what is delivered under them."""

from __future__ import annotations

from collections.abc import Mapping

from market.notifications.kinds import (
    Kind,
    Notice,
    OfDelivery,
    OfLoggedDelivery,
    OfOverdueDelivery,
    OfPaper,
    OfReasonedDelivery,
    OfReasonedPaper,
    notice,
)

PAPER_NOTICES: Mapping[Kind, Notice] = {
    Kind.PAPER_NAMED: notice(
        "agreement",
        OfPaper,
        text=("{by} nêu tổ chức của bạn trong văn bản “{paper}”.", "{by} named your organization in “{paper}”."),
        subject=("Bạn được nêu trong một văn bản", "You were named in an agreement"),
        then=(
            "Mở văn bản; nếu không đúng, hãy phản đối. Khi bạn chưa xác nhận, nó không ràng buộc bạn.",
            "Open it; contest it if it is wrong. It does not bind you until you confirm it.",
        ),
    ),
    Kind.PAPER_TO_SIGN: notice(
        "agreement",
        OfPaper,
        text=("{by} mời bạn ký văn bản “{paper}”.", "{by} asks you to sign “{paper}”."),
        subject=("Một văn bản chờ bạn ký", "An agreement waits for your signature"),
        then=(
            "Đọc bản hiện hành rồi ký, hoặc đề nghị sửa.",
            "Read the current version, then sign it or propose a change.",
        ),
    ),
    Kind.PAPER_TO_CONFIRM: notice(
        "agreement",
        OfPaper,
        text=(
            "{by} ghi nhận văn bản “{paper}” đã ký với bạn và chờ bạn xác nhận.",
            "{by} logged “{paper}” as signed with you, and waits for you to confirm it.",
        ),
        changed=(
            "{by} đã sửa nội dung văn bản “{paper}”; các bên cần xác nhận lại.",
            "{by} changed the content of “{paper}”; every party confirms it anew.",
        ),
        subject=("Một văn bản chờ bạn xác nhận", "An agreement waits for you to confirm it"),
        then=(
            "Đối chiếu với bản giấy rồi xác nhận hoặc phản đối.",
            "Hold it against the paper, then confirm or contest.",
        ),
    ),
    Kind.PAPER_SIGNED: notice(
        "agreement",
        OfPaper,
        text=("{by} đã ký văn bản “{paper}”.", "{by} signed “{paper}”."),
        subject=("Một văn bản đã được ký", "An agreement was signed"),
        then=(
            "Mở văn bản để xem còn ai chưa ký và còn thiếu gì để có hiệu lực.",
            "Open it to see who has yet to sign and what it lacks to come into force.",
        ),
    ),
    Kind.PAPER_CONFIRMED: notice(
        "agreement",
        OfPaper,
        text=("{by} đã xác nhận văn bản “{paper}”.", "{by} confirmed “{paper}”."),
        subject=("Một văn bản đã được xác nhận", "An agreement was confirmed"),
        then=(
            "Mở văn bản để xem còn ai chưa xác nhận và còn thiếu gì để có hiệu lực.",
            "Open it to see who has yet to confirm and what it lacks to come into force.",
        ),
    ),
    Kind.PAPER_IN_FORCE: notice(
        "agreement",
        OfPaper,
        text=("Văn bản “{paper}” đã có hiệu lực.", "“{paper}” is in force."),
        subject=("Một văn bản đã có hiệu lực", "An agreement is in force"),
        then=("Giao nhận theo kế hoạch và ghi từng lần giao.", "Deliver as planned, and log each delivery."),
    ),
    Kind.PAPER_AMENDED: notice(
        "agreement",
        OfPaper,
        text=("Văn bản “{paper}” đã được thay bằng bản sửa đổi.", "An amendment replaced “{paper}”."),
        subject=("Một văn bản đã được sửa đổi", "An agreement was amended"),
        then=("Xem bản mới; từ nay nó thay bản cũ.", "Look at the new version; it replaces the old one."),
    ),
    Kind.PAPER_CONTESTED: notice(
        "agreement",
        OfReasonedPaper,
        text=("{by} phản đối văn bản “{paper}”. Lý do: {reason}.", "{by} contests “{paper}”. Reason: {reason}."),
        subject=("Một văn bản bị phản đối", "An agreement was contested"),
        then=(
            "Mở văn bản để đọc ý kiến hai bên, rồi sửa hoặc trả lời.",
            "Open it to read both sides' words, then correct it or answer.",
        ),
    ),
    Kind.PAPER_ENDED: notice(
        "agreement",
        OfReasonedPaper,
        text=("Văn bản “{paper}” đã chấm dứt. Lý do: {reason}.", "“{paper}” has ended. Reason: {reason}."),
        subject=("Một văn bản đã chấm dứt", "An agreement has ended"),
        then=(
            "Kiểm tra phần đã giao và hàng được trả lại kho.",
            "Check what was delivered, and goods that are free again.",
        ),
    ),
    Kind.PROPOSAL_MADE: notice(
        "agreement",
        OfPaper,
        text=("{by} đề nghị sửa văn bản “{paper}”.", "{by} proposes to change “{paper}”."),
        end=("{by} đề nghị kết thúc văn bản “{paper}”.", "{by} proposes to end “{paper}”."),
        subject=("Có đề nghị về một văn bản", "Something is proposed for an agreement"),
        then=(
            "Mở đề nghị để đồng ý hoặc từ chối; chưa đủ các bên đồng ý thì bản cũ vẫn giữ nguyên.",
            "Open the proposal to accept or decline it; until every party accepts, the old version stands.",
        ),
    ),
    Kind.PROPOSAL_ACCEPTED: notice(
        "agreement",
        OfPaper,
        text=("{by} đồng ý đề nghị về văn bản “{paper}”.", "{by} accepted what is proposed for “{paper}”."),
        subject=("Đề nghị về văn bản được đồng ý", "A proposal was accepted"),
        then=("Mở văn bản để xem còn ai chưa trả lời.", "Open it to see who has yet to answer."),
    ),
    Kind.PROPOSAL_DECLINED: notice(
        "agreement",
        OfReasonedPaper,
        text=(
            "{by} từ chối đề nghị về văn bản “{paper}”. Lý do: {reason}.",
            "{by} declined what is proposed for “{paper}”. Reason: {reason}.",
        ),
        subject=("Đề nghị về văn bản bị từ chối", "A proposal was declined"),
        then=(
            "Bản đang có giữ nguyên; có thể đề nghị cách khác.",
            "The version in force stands; you may propose another.",
        ),
    ),
    Kind.PROPOSAL_WITHDRAWN: notice(
        "agreement",
        OfPaper,
        text=("{by} đã rút đề nghị về văn bản “{paper}”.", "{by} took back what was proposed for “{paper}”."),
        subject=("Đề nghị về văn bản đã được rút", "A proposal was taken back"),
        then=("Không cần trả lời nữa; bản đang có giữ nguyên.", "No answer is needed; the version in force stands."),
    ),
    Kind.DELIVERY_LOGGED: notice(
        "agreement",
        OfLoggedDelivery,
        text=(
            "{by} ghi đã giao {amount} {goods} theo “{paper}”; nếu không ai nói khác, được tính từ ngày {day}.",
            "{by} logged a delivery of {amount} of {goods} under “{paper}”; without an answer it counts from {day} on.",
        ),
        unheard=(
            "{by} ghi đã giao {amount} {goods} theo “{paper}”; chỉ được tính khi có người xác nhận.",
            "{by} logged a delivery of {amount} of {goods} under “{paper}”; it counts only once confirmed.",
        ),
        subject=("Có lần giao hàng chờ bạn xác nhận", "A delivery waits for your word"),
        then=(
            "Xác nhận đã nhận, hoặc khiếu nại nếu không đúng.",
            "Confirm it, or dispute it if it is wrong.",
        ),
    ),
    Kind.DELIVERY_RECEIVED: notice(
        "agreement",
        OfDelivery,
        text=(
            "{by} ghi đã nhận {amount} {goods} theo “{paper}”; lần giao này được tính.",
            "{by} recorded receiving {amount} of {goods} under “{paper}”; it counts.",
        ),
        subject=("Bên nhận đã ghi một lần giao hàng", "The receiver recorded a delivery"),
        then=(
            "Đối chiếu với phiếu của bạn; nếu sai, đề nghị bên nhận ghi đảo.",
            "Compare it with your slip; if it is wrong, ask the receiver to reverse it.",
        ),
    ),
    Kind.DELIVERY_REVERSED: notice(
        "agreement",
        OfDelivery,
        text=(
            "{by} đã ghi đảo lần giao {amount} {goods} theo “{paper}”; lần giao này không được tính.",
            "{by} took back a delivery of {amount} of {goods} under “{paper}”; it does not count.",
        ),
        subject=("Một lần giao hàng đã được ghi đảo", "A delivery was taken back"),
        then=(
            "Xem sổ giao hàng; nếu hàng đã giao thật, hãy ghi lại cho đúng.",
            "Look at the ledger; if goods did arrive, have them recorded right.",
        ),
    ),
    Kind.DELIVERY_CONFIRMED: notice(
        "agreement",
        OfDelivery,
        text=(
            "{by} xác nhận đã nhận {amount} {goods} theo “{paper}”.",
            "{by} confirmed receiving {amount} of {goods} under “{paper}”.",
        ),
        subject=("Lần giao hàng được xác nhận", "A delivery was confirmed"),
        then=("Lần giao này đã được tính.", "It counts now; there is nothing to do."),
    ),
    Kind.DELIVERY_REJECTED: notice(
        "agreement",
        OfReasonedDelivery,
        text=(
            "{by} không nhận {amount} {goods} theo “{paper}”. Lý do: {reason}.",
            "{by} rejected {amount} of {goods} under “{paper}”. Reason: {reason}.",
        ),
        subject=("Hàng giao bị từ chối", "Goods were rejected"),
        then=("Thỏa thuận với bên nhận cách giao bù.", "Agree with the receiver how to make it good."),
    ),
    Kind.DELIVERY_DISPUTED: notice(
        "agreement",
        OfReasonedDelivery,
        text=(
            "{by} khiếu nại lần giao {amount} {goods} theo “{paper}”. Lý do: {reason}.",
            "{by} disputes a delivery of {amount} of {goods} under “{paper}”. Reason: {reason}.",
        ),
        subject=("Lần giao hàng bị khiếu nại", "A delivery is disputed"),
        then=(
            "Đối chiếu phiếu giao nhận; ghi đảo lần giao nếu sai, hoặc bổ sung chứng từ.",
            "Compare the slips; reverse the delivery if it was wrong, or attach evidence.",
        ),
    ),
    Kind.DELIVERY_OVERDUE: notice(
        "agreement",
        OfOverdueDelivery,
        text=(
            "Theo “{paper}”, {amount} {goods} phải giao đến ngày {day} mà chưa thấy ghi.",
            "Under “{paper}”, {amount} of {goods} was due by {day} and is not logged.",
        ),
        subject=("Có hàng quá hạn giao", "A delivery is overdue"),
        then=(
            "Ghi lần giao nếu đã giao, hoặc báo cho bên kia lý do và ngày giao mới.",
            "Log it if it was delivered; otherwise tell the other side why, and when it comes.",
        ),
    ),
}
