"""Which layers there are: every module of this package that declares a `LAYER`; found by file, checked at the start."""

import pkgutil
from functools import cache
from importlib import import_module
from types import MappingProxyType

import layers
from geodata.errors import UnknownLayer
from geodata.scope import Scope
from layers.declaration import Layer, Privacy

FLOOR = {"choropleths", "declaration", "registry", "tokens"}


class BadLayer(Exception):
    """A declaration that must not be started with: which file, and what is wrong."""


@cache
def all_layers() -> MappingProxyType[str, Layer]:
    """Return every layer by id, in drawing order. Raises BadLayer."""
    found: dict[str, Layer] = {}
    for module in pkgutil.iter_modules(layers.__path__):
        if module.name in FLOOR or module.ispkg:
            continue
        loaded = import_module(f"layers.{module.name}")
        layer = check(module.name, loaded.__doc__, getattr(loaded, "LAYER", None))
        if layer.id in found:
            raise BadLayer(f"layers/{module.name}.py: the id {layer.id!r} is taken by another file")
        found[layer.id] = layer
    return MappingProxyType(dict(sorted(found.items(), key=lambda item: (item[1].order, item[0]))))


def check(name: str, docstring: str | None, layer: object) -> Layer:
    """Return the layer a module declares. Raises BadLayer with the file's name and what to mend."""
    if not docstring:
        raise BadLayer(f"layers/{name}.py: says nothing about itself; begin it with a docstring")
    if not isinstance(layer, Layer):
        raise BadLayer(f"layers/{name}.py: declares no LAYER")
    if not 0 <= layer.min_zoom <= layer.max_zoom <= 22:
        raise BadLayer(f"layers/{name}.py: zoom range {layer.min_zoom}..{layer.max_zoom} is not within 0..22")
    if layer.value and not (layer.marks or layer.by_scheme or layer.measures):
        raise BadLayer(f"layers/{name}.py: colours by {layer.value!r} without a legend entry for its values")
    if layer.sign and not layer.signs:
        raise BadLayer(f"layers/{name}.py: has no signs for {layer.sign!r}")
    if len({mark.value for mark in layer.marks}) != len(layer.marks):
        raise BadLayer(f"layers/{name}.py: two marks for one value")
    if any(not (mark.letter or mark.hatch) for mark in layer.marks) and len(layer.marks) > 1:
        raise BadLayer(f"layers/{name}.py: a colour without a second sign")
    return layer


def visible(scope: Scope) -> list[Layer]:
    """Return the layers that a reader's role may see, in drawing order."""
    return [layer for layer in all_layers().values() if allowed(layer, scope)]


def allowed(layer: Layer, scope: Scope) -> bool:
    """Say whether a role may see a layer at all: the press sees what is public."""
    return layer.privacy is Privacy.PUBLIC or scope.homes


def get(layer_id: str, scope: Scope) -> Layer:
    """Return one layer. Raises UnknownLayer where it does not exist or is not for this role."""
    layer = all_layers().get(layer_id)
    if layer is None or not allowed(layer, scope):
        raise UnknownLayer(layer=layer_id)
    return layer
