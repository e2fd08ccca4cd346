"""What letters of an account say."""

from __future__ import annotations

from market.core.language import Message

RESET_SUBJECT = Message(vi="Đặt lại mật khẩu", en="Set a new password")
RESET = Message(
    vi=(
        "Chào {name},\n\nCó người (mong là bạn) muốn đặt lại mật khẩu của tài khoản này. Mở đường dẫn sau trong vòng "
        "30 phút:\n{link}\n\nhoặc nhập mã: {code}\n\nNếu không phải bạn, hãy bỏ qua thư này; mật khẩu vẫn như cũ."
    ),
    en=(
        "Hello {name},\n\nsomebody (you, we hope) wants to set a new password for this account. Open this link within "
        "30 minutes:\n{link}\n\nor type the code: {code}\n\nIf it was not you, do nothing; the password stays."
    ),
)
RESET_SMS = Message(
    vi="Ma dat lai mat khau: {code} (30 phut). Khong dua ma nay cho bat ky ai.",
    en="Code for a new password: {code} (30 minutes). Give it to nobody.",
)
RESET_LATER_SMS = Message(
    vi=(
        "May nay nhieu nguoi dung: ma dat lai mat khau cua {name} la {code}, dung tu {at}. "
        "Khong phai ban? Dang nhap nhu thuong le de huy. {link}"
    ),
    en=(
        "Several people use this phone: the code for a new password of {name} is {code}, from {at} on. "
        "Not you? Sign in as always to call it off. {link}"
    ),
)
PROVE_SUBJECT = Message(vi="Xác nhận địa chỉ e-mail này", en="Confirm this e-mail address")
PROVE = Message(
    vi=(
        "Có người đã nhập địa chỉ này cho một tài khoản. Nếu là bạn, hãy mở đường dẫn sau trong vòng 24 giờ:\n"
        "{link}\n\nhoặc nhập mã: {code}\n\nNếu không phải bạn, hãy bỏ qua thư này: địa chỉ của bạn không bị giữ chỗ."
    ),
    en=(
        "Somebody typed this address for an account. If it was you, open this link within 24 hours:\n{link}\n\n"
        "or type the code: {code}\n\nIf it was not you, do nothing: your address is not taken."
    ),
)
PROVE_SMS = Message(vi="Ma xac nhan so dien thoai: {code} (24 gio).", en="Code to confirm this number: {code} (24 h).")
NEW_DEVICE_SUBJECT = Message(vi="Đăng nhập từ thiết bị mới", en="Signed in on a new device")
NEW_DEVICE = Message(
    vi=(
        "Tài khoản của bạn vừa đăng nhập từ một thiết bị mới lúc {at}: {device}\n\nNếu không phải bạn, hãy "
        "đổi mật khẩu và kết thúc phiên đó (GET /me/sign-ins)."
    ),
    en=(
        "Your account was signed in on a new device at {at}: {device}\n\nIf it was not you, change your password "
        "and end that sign-in (GET /me/sign-ins)."
    ),
)
PASSWORD_SUBJECT = Message(vi="Mật khẩu đã được đổi", en="Your password was changed")
PASSWORD_CHANGED = Message(
    vi="Mật khẩu tài khoản của bạn vừa được đổi. Nếu không phải bạn, hãy đặt lại mật khẩu ngay.",
    en="The password of your account was just changed. If it was not you, set a new one at once.",
)
CONTACT_SUBJECT = Message(vi="Liên hệ đã được xác nhận", en="A contact was confirmed")
CONTACT_CHANGED = Message(
    vi="Một địa chỉ hoặc số điện thoại vừa được xác nhận cho tài khoản của bạn.",
    en="An address or number was just confirmed for your account.",
)
CONTACT_REPLACED = Message(
    vi="Tài khoản từng dùng liên hệ này nay dùng liên hệ khác. Không phải bạn? Hãy báo ngay cho người vận hành chợ.",
    en="The account that had this contact now has another one. Not you? Tell whoever runs the market at once.",
)
INVITE_SUBJECT = Message(vi="Lời mời tham gia {organization}", en="Invitation to join {organization}")
INVITE = Message(
    vi=(
        "{organization} mời bạn tham gia. Mở đường dẫn sau trong vòng 7 ngày và tự chọn mật khẩu:\n{link}\n\n"
        "hoặc nhập mã: {code}"
    ),
    en=(
        "{organization} invites you to join. Open this link within 7 days and choose your own password:\n{link}\n\n"
        "or type the code: {code}"
    ),
)
INVITE_SMS = Message(
    vi="{organization} moi ban tham gia cho nong san. Ma: {code} (7 ngay).",
    en="{organization} invites you to the produce market. Code: {code} (7 days).",
)
FACTOR_LOST_SUBJECT = Message(vi="Gỡ xác thực hai lớp", en="Taking off your second factor")
FACTOR_LOST = Message(
    vi=(
        "Có người (mong là bạn) đã nhập đúng mật khẩu của bạn và nói rằng đã mất thiết bị xác thực hai lớp. "
        "Từ {at} có thể gỡ xác thực hai lớp bằng đường dẫn sau:\n{link}\n\nhoặc bằng mã: {code}\n\n"
        "Nếu không phải bạn: hãy đăng nhập bằng xác thực hai lớp rồi đổi mật khẩu; yêu cầu này sẽ bị hủy."
    ),
    en=(
        "Somebody (you, we hope) typed your right password and says that the second factor is lost. "
        "From {at} on it can be taken off by this link:\n{link}\n\nor by the code: {code}\n\n"
        "If it was not you: sign in with the second factor and change your password; that calls it off."
    ),
)
FACTOR_LOST_SMS = Message(
    vi="Ma go xac thuc hai lop: {code}, dung tu {at}. Khong phai ban? Dang nhap bang hai lop va doi mat khau de huy.",
    en="Code to take off your second factor: {code}, from {at}. Not you? Sign in with it and change your password.",
)
FACTOR_REMOVED_SUBJECT = Message(vi="Xác thực hai lớp đã được gỡ", en="Your second factor was taken off")
FACTOR_REMOVED = Message(
    vi="Xác thực hai lớp của bạn đã được gỡ; chỉ còn mật khẩu. Hãy bật lại sau khi đăng nhập.",
    en="Your second factor was taken off; the password alone signs in now. Set up another one after you sign in.",
)
PIN_SMS = Message(
    vi="Ma dat lai PIN cua {name}: {code} (30 phut). Khong dua ma nay cho nguoi khac.",
    en="Code for a new PIN of {name}: {code} (30 minutes). Give it to nobody else.",
)
ASKED = Message(
    vi="Nếu có tài khoản với e-mail hoặc số này, chúng tôi đã gửi đường dẫn và mã; hãy xem hộp thư hoặc tin nhắn.",
    en="If there is an account with this address or number, a link and a code are on their way; look at your messages.",
)
