"""Images: their size is known before they come, and they come when they are near."""

from PIL import Image, UnidentifiedImageError

from .pages import FinishError


def finish(folder, pages):
    """Give each image its size, load it late, and take a smaller form of it where there is one."""
    smaller = {}
    for page in pages:
        for tag in page.soup("img", src=True):
            if tag["src"].startswith("data:"):
                continue
            path = page.file(tag["src"])
            if path.suffix == ".png" and path.is_relative_to(folder / "_images"):
                if path not in smaller:
                    smaller[path] = _smaller(path)
                path = smaller[path]
                tag["src"] = page.address(path)
            if path.suffix != ".svg" and not {"width", "height"} & set(tag.attrs):
                with _opened(path) as image:
                    tag["width"], tag["height"] = map(str, image.size)
            if tag.find_parent("article"):
                tag.attrs.setdefault("loading", "lazy")
            tag.attrs.setdefault("decoding", "async")


def _smaller(path):
    """Return the same picture as lossless WebP, or the path itself where that saves nothing."""
    new = path.with_suffix(".webp")
    with _opened(path) as image:
        image.save(new, lossless=True, quality=80, method=6)
    if new.stat().st_size < path.stat().st_size:
        return new
    new.unlink()
    return path


def _opened(path):
    try:
        return Image.open(path)
    except UnidentifiedImageError as error:
        raise FinishError(f"{path.name} cannot be read as an image") from error
