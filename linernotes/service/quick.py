"""Routes that are asked most: their parameters are read without the framework's way around.

Of a look-up of 1 ms, FastAPI takes 0.15 ms to collect a model of query parameters; Pydantic takes 0.01 ms to
check it. What such a route takes, and its description, is the same.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from typing import Any, get_args, get_origin, get_type_hints

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel, TypeAdapter, ValidationError
from starlette.datastructures import QueryParams

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class QuickRoute(APIRoute):
    """A route whose function takes the request, path parameters, and one model of query parameters."""

    def get_route_handler(self) -> Handler:
        """Return what answers a request."""
        hints = get_type_hints(self.endpoint, include_extras=True)
        in_path = {name: TypeAdapter[Any](hints[name]) for name in self.param_convertors}
        name, model = next((name, hint) for name, hint in map(_plain, hints.items()) if _is_model(hint))
        read = _reader(model)

        async def answer(request: Request) -> Response:
            values = {part: _checked(part, in_path[part], request.path_params[part]) for part in in_path}
            values[name] = read(request.query_params)
            found: Response = await self.endpoint(request, **values)
            return found

        return answer


def _plain(named: tuple[str, Any]) -> tuple[str, Any]:
    """A parameter and its type without what is annotated."""
    name, hint = named
    return name, hint.__origin__ if hasattr(hint, "__metadata__") else hint


def _is_model(hint: object) -> bool:
    return isinstance(hint, type) and issubclass(hint, BaseModel)


def _checked(name: str, adapter: TypeAdapter[Any], value: object) -> object:
    try:
        return adapter.validate_python(value)
    except ValidationError as error:
        raise _invalid(error, "path", name) from error


def _reader(model: type[BaseModel]) -> Callable[[QueryParams], BaseModel]:
    lists = {name for name, field in model.model_fields.items() if _is_list(field.annotation)}

    def read(query: QueryParams) -> BaseModel:
        given: Mapping[str, object] = {
            name: query.getlist(name) if name in lists else query[name] for name in query
        }
        try:
            return model.model_validate(given)
        except ValidationError as error:
            raise _invalid(error, "query") from error

    return read


def _is_list(annotation: object) -> bool:
    return get_origin(annotation) is list or any(get_origin(part) is list for part in get_args(annotation))


def _invalid(error: ValidationError, *place: str) -> RequestValidationError:
    found = error.errors(include_url=False, include_input=False, include_context=False)
    return RequestValidationError([{**each, "loc": (*place, *each["loc"])} for each in found])
