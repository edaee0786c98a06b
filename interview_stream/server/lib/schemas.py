"""What bodies and answers of the API are made of."""

from typing import Any

import ninja
from ninja.schema import DjangoGetter
from pydantic import ModelWrapValidatorHandler, ValidationInfo, model_validator


class Schema(ninja.Schema):
    """ninja's, without its detour for what is already plain.

    Ninja reads each field through an object that understands Django's managers and files, `resolve_` methods and dotted
    names. Ours are made of named values and of each other, and each run of a live query makes some.
    """

    @model_validator(mode="wrap")
    @classmethod
    def _run_root_validator(cls, values: Any, handler: ModelWrapValidatorHandler[Any], info: ValidationInfo) -> Any:
        if type(values) is dict or type(values) is cls:
            return handler(values)
        return handler(DjangoGetter(values, cls, info.context))
