"""Pydantic's list of errors, in words of both languages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel
from pydantic_core import InitErrorDetails, PydanticCustomError, ValidationError

from market.core.errors import FieldError
from market.core.language import Message

SENTENCES: Mapping[str, Message] = {
    "missing": Message(vi="Thiếu trường bắt buộc này.", en="This field is required."),
    "extra_forbidden": Message(vi="Trường này không có trong hợp đồng API.", en="This field is not known here."),
    "string_type": Message(vi="Phải là chuỗi ký tự.", en="Must be a text."),
    "string_too_short": Message(vi="Cần ít nhất {min_length} ký tự.", en="Needs at least {min_length} characters."),
    "string_too_long": Message(vi="Nhiều nhất {max_length} ký tự.", en="At most {max_length} characters."),
    "string_pattern_mismatch": Message(vi="Không đúng dạng quy định.", en="Does not have the required form."),
    "control_characters": Message(vi="Không được có ký tự điều khiển.", en="Control characters are not allowed."),
    "int_type": Message(vi="Phải là số nguyên.", en="Must be a whole number."),
    "int_parsing": Message(vi="Phải là số nguyên.", en="Must be a whole number."),
    "int_parsing_size": Message(vi="Số này quá lớn.", en="This number is too large."),
    "int_from_float": Message(vi="Phải là số nguyên.", en="Must be a whole number."),
    "decimal_type": Message(vi="Phải là một số.", en="Must be a number."),
    "decimal_parsing": Message(vi="Phải là một số.", en="Must be a number."),
    "decimal_max_digits": Message(vi="Nhiều nhất {max_digits} chữ số.", en="At most {max_digits} digits."),
    "decimal_max_places": Message(
        vi="Nhiều nhất {decimal_places} chữ số thập phân.", en="At most {decimal_places} decimal places."
    ),
    "decimal_whole_digits": Message(
        vi="Nhiều nhất {whole_digits} chữ số trước dấu thập phân.", en="At most {whole_digits} digits before the point."
    ),
    "finite_number": Message(vi="Phải là một số hữu hạn.", en="Must be a finite number."),
    "greater_than": Message(vi="Phải lớn hơn {gt}.", en="Must be greater than {gt}."),
    "greater_than_equal": Message(vi="Phải từ {ge} trở lên.", en="Must be at least {ge}."),
    "less_than": Message(vi="Phải nhỏ hơn {lt}.", en="Must be less than {lt}."),
    "less_than_equal": Message(vi="Nhiều nhất là {le}.", en="Must be at most {le}."),
    "bool_type": Message(vi="Phải là true hoặc false.", en="Must be true or false."),
    "bool_parsing": Message(vi="Phải là true hoặc false.", en="Must be true or false."),
    "date_from_datetime_parsing": Message(vi="Phải là ngày dạng YYYY-MM-DD.", en="Must be a date YYYY-MM-DD."),
    "date_parsing": Message(vi="Phải là ngày dạng YYYY-MM-DD.", en="Must be a date YYYY-MM-DD."),
    "date_type": Message(vi="Phải là ngày dạng YYYY-MM-DD.", en="Must be a date YYYY-MM-DD."),
    "datetime_parsing": Message(vi="Phải là thời điểm RFC 3339.", en="Must be an RFC 3339 instant."),
    "datetime_from_date_parsing": Message(vi="Phải là thời điểm RFC 3339.", en="Must be an RFC 3339 instant."),
    "timezone_aware": Message(vi="Thời điểm phải kèm múi giờ.", en="The instant must carry an offset."),
    "time_type": Message(vi="Phải là giờ dạng HH:MM.", en="Must be a time HH:MM."),
    "time_parsing": Message(vi="Phải là giờ dạng HH:MM.", en="Must be a time HH:MM."),
    "uuid_parsing": Message(vi="Mã định danh không đúng dạng.", en="Not an identifier."),
    "uuid_type": Message(vi="Mã định danh không đúng dạng.", en="Not an identifier."),
    "list_type": Message(vi="Phải là một danh sách.", en="Must be a list."),
    "dict_type": Message(vi="Phải là một đối tượng.", en="Must be an object."),
    "model_type": Message(vi="Phải là một đối tượng.", en="Must be an object."),
    "model_attributes_type": Message(vi="Phải là một đối tượng.", en="Must be an object."),
    "too_long": Message(vi="Nhiều nhất {max_length} mục.", en="At most {max_length} items."),
    "too_short": Message(vi="Cần ít nhất {min_length} mục.", en="Needs at least {min_length} items."),
    "literal_error": Message(vi="Phải là một trong: {expected}.", en="Must be one of: {expected}."),
    "enum": Message(vi="Phải là một trong: {expected}.", en="Must be one of: {expected}."),
}
OTHERWISE = Message(vi="Giá trị không hợp lệ.", en="This value is not valid.")


def refusal(code: str, vi: str, en: str, **parameters: object) -> PydanticCustomError:
    """A pydantic error with words in both languages, to be raised by a validator."""
    from_context = {"vi": vi, "en": en, "parameters": parameters}
    return PydanticCustomError(code, "{en}", from_context)


def refusal_of(error: FieldError) -> PydanticCustomError:
    """A field error as a validator raises it."""
    context = {
        "vi": error.message.vi,
        "en": error.message.en,
        "parameters": error.parameters,
        "suggestions": error.suggestions,
    }
    return PydanticCustomError(error.code.replace("-", "_"), "{en}", context)


def refuse_nulls(model: BaseModel, *required: str) -> None:
    """Refuse null for fields that what is edited cannot be without, all of them at once.

    Raises:
        ValidationError: some of them are null; absent ones are not.
    """
    empty = [name for name in required if name in model.model_fields_set and getattr(model, name) is None]
    if empty:
        raise refusals_at(
            refusal(
                "not_nullable",
                "Không được bỏ trống; bỏ trường này ra nếu không đổi.",
                "Cannot be null; leave it out to keep it.",
            ),
            *empty,
        )


def refusals_at(refused: PydanticCustomError, *fields: str) -> ValidationError:
    """The same refusal at each of the fields that do not go together, to be raised by a validator of their model."""
    lines = [InitErrorDetails(type=refused, loc=(field,), input=None) for field in fields]
    return ValidationError.from_exception_data("refused", lines)


def refusals_of(errors: Iterable[FieldError]) -> ValidationError:
    """Field errors as the validator of the model that has these fields raises them, all at once."""
    lines = [
        InitErrorDetails(type=refusal_of(error), loc=tuple(error.pointer.split("/")[1:]), input=None)
        for error in errors
    ]
    return ValidationError.from_exception_data("refused", lines)


def _pointer(location: Iterable[object]) -> str:
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in location)


def _plain(context: dict[str, Any]) -> dict[str, Any]:
    """Pydantic lists what it expects with an English "or"."""
    if isinstance(expected := context.get("expected"), str):
        return {**context, "expected": expected.replace("' or '", "', '")}
    return context


def field_errors(errors: Iterable[Mapping[str, Any]], *, prefix: str = "") -> list[FieldError]:
    """Pydantic's `ValidationError.errors()` as field errors; values that were sent are never repeated."""
    found: list[FieldError] = []
    for error in errors:
        context = dict(error.get("ctx") or {})
        kind = str(error["type"])
        if {"vi", "en"} <= context.keys():
            message, parameters = Message(vi=context["vi"], en=context["en"]), context.get("parameters", {})
        else:
            message, parameters = SENTENCES.get(kind, OTHERWISE), _plain(context)
        pointer = prefix + _pointer(error.get("loc", ()))
        suggestions = context.get("suggestions", ())
        found.append(FieldError(pointer, kind.replace("_", "-"), message, parameters, suggestions))
    return found
