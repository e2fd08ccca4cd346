"""Mail as it leaves: to a mail server that speaks SMTP, or into files."""

from __future__ import annotations

import asyncio
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from market.core.mail import MailNotSent, file_mail, new_message, smtp_mail

ADDRESS = "nguoi.nhan@thu.example"


def letter(identity: str = "mot") -> EmailMessage:
    message = new_message()
    message["From"], message["To"], message["Subject"] = "Market <cho@thu.example>", ADDRESS, "Bưởi da xanh"
    message["Message-ID"] = f"<{identity}@thu.example>"
    message.set_content("Có bưởi mới.\n")
    return message


@dataclass
class PostOffice:
    """A mail server that takes what it is given, or refuses every recipient; it offers no encryption."""

    refuses: bool = False
    taken: list[bytes] = field(default_factory=list)
    port: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 thu.example\r\n")
        while line := await reader.readline():
            verb = line[:4].upper()
            if verb == b"DATA":
                writer.write(b"354 go on\r\n")
                self.taken.append(await reader.readuntil(b"\r\n.\r\n"))
                writer.write(b"250 taken\r\n")
            elif verb == b"RCPT" and self.refuses:
                writer.write(f"550 no {ADDRESS} here\r\n".encode())
            else:
                writer.write(b"221 bye\r\n" if verb == b"QUIT" else b"250 thu.example\r\n")
            await writer.drain()
            if verb == b"QUIT":
                break
        writer.close()
        await writer.wait_closed()


@asynccontextmanager
async def post_office(*, refuses: bool = False) -> AsyncIterator[PostOffice]:
    office = PostOffice(refuses)
    server = await asyncio.start_server(office.serve, "127.0.0.1", 0)
    office.port = server.sockets[0].getsockname()[1]
    async with server:
        yield office


async def test_a_message_reaches_the_mail_server_whole() -> None:
    async with post_office() as office:
        await smtp_mail(f"smtp://127.0.0.1:{office.port}")(letter())
    read = message_from_bytes(office.taken[0].removesuffix(b".\r\n"), policy=policy.default)
    assert (read["To"], read["Subject"], read["Message-ID"]) == (ADDRESS, "Bưởi da xanh", "<mot@thu.example>")
    assert read.get_content().strip() == "Có bưởi mới."


LINK = "<https://cho.thu.example/api/v1/notifications/unsubscribe/dQGiFb9bC3fyjvDHba_Fgn_FoNjR9roL_FaFaINO8-NcgXq>"
LONG = (
    "Nguồn hàng “Thanh long ruột trắng thử” của HTX Thử Tân Phước khớp với tìm kiếm đã lưu “Thanh long ngon” của bạn."
)


async def test_long_headers_arrive_as_they_were_meant(tmp_path: Path) -> None:
    message = letter()
    message.replace_header("From", "Chợ nông sản của các tỉnh miền Tây và Thành phố Hồ Chí Minh <cho@thu.example>")
    message.replace_header("Subject", LONG)
    message["List-Unsubscribe"] = LINK
    async with post_office() as office:
        await smtp_mail(f"smtp://127.0.0.1:{office.port}")(message)
    await file_mail(tmp_path)(message)

    for sent, line_end in ((office.taken[0], b"\r\n"), ((tmp_path / "mot.eml").read_bytes(), b"\n")):
        read = message_from_bytes(sent, policy=policy.default)
        assert f"List-Unsubscribe: {LINK}".encode() in sent.split(line_end)
        assert sent.partition(line_end * 2)[0].isascii()
        assert read["Subject"] == LONG
        assert read["From"].addresses[0].addr_spec == "cho@thu.example"
        assert max(map(len, sent.split(line_end))) <= 998


async def test_a_refusal_says_why_but_not_whose_it_was() -> None:
    async with post_office(refuses=True) as office:
        with pytest.raises(MailNotSent) as refused:
            await smtp_mail(f"smtp://127.0.0.1:{office.port}")(letter())
    assert ADDRESS not in str(refused.value)
    assert refused.value.__context__ is None


async def test_a_password_is_never_sent_in_the_clear() -> None:
    async with post_office() as office:
        with pytest.raises(MailNotSent, match="SMTPNotSupportedError"):
            await smtp_mail(f"smtp://cho:mat-khau@127.0.0.1:{office.port}")(letter())
    assert office.taken == []


async def test_a_server_that_is_not_there_is_an_error_to_be_tried_again() -> None:
    with pytest.raises(MailNotSent):
        await smtp_mail("smtp://127.0.0.1:9")(letter())


@pytest.mark.parametrize("url", ["http://mail.example", "mail.example", "smtp://"])
def test_an_address_that_is_no_mail_server_is_refused_at_the_start(url: str) -> None:
    with pytest.raises(ValueError, match="MARKET_SMTP_URL"):
        smtp_mail(url)


async def test_the_outbox_keeps_one_file_a_message_for_its_owner_only(tmp_path: Path) -> None:
    send = file_mail(tmp_path / "outbox")
    for identity in ("mot", "hai", "mot"):
        await send(letter(identity))
    files = sorted((tmp_path / "outbox").iterdir())
    assert [file.name for file in files] == ["hai.eml", "mot.eml"]
    assert stat.S_IMODE((tmp_path / "outbox").stat().st_mode) == 0o700
    assert message_from_bytes(files[1].read_bytes(), policy=policy.default)["To"] == ADDRESS


async def test_an_outbox_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("in the way")
    with pytest.raises(MailNotSent):
        await file_mail(tmp_path / "outbox")(letter())
