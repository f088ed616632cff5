"""The directive `exercises`: every way to open a chapter's notebooks, by settings."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

from docutils import nodes
from sphinx import addnodes
from sphinx.errors import ConfigError
from sphinx.util.docutils import SphinxDirective

from .notebooks import has_notebook

SERVICES = {"jupyterhub_url": "JupyterHub", "binderhub_url": "Binder", "colab_url": "Colab"}
EXAMPLE = "https://github.com/executablebooks/jupyter-book"  # Jupyter Book's own default
INTERFACES = {"classic": "tree", "jupyterlab": "lab/tree"}


def setup(app):
    """Add the directive, its setting, and the row of links."""
    app.add_config_value("fallline_lite", False, "env")
    app.add_config_value("fallline_launch", [], "env")
    app.add_directive("exercises", Exercises)
    app.add_node(NotebookLink, html=(visit_notebook_link, depart_notebook_link))
    app.connect("config-inited", settle, priority=100)
    app.connect("doctree-resolved", drop_notebook_links)
    app.add_css_file("practice.css")


@dataclass(frozen=True)
class Repository:
    """Where the course's files are kept: its address, its branch, the course's folder in it."""

    url: str
    branch: str
    folder: str

    @property
    def path(self):
        """Return owner and name, as in `owner/name`."""
        return urlsplit(self.url).path.strip("/").removesuffix(".git")

    def is_on(self, host):
        """Tell whether the repository is on this host."""
        return urlsplit(self.url).hostname == host


def settle(app, config):
    """Read which services are set, and keep the theme from offering a page's source to them."""
    if config.fallline_lite not in (True, False):
        raise ConfigError(f"fallline_lite is true or false, not {config.fallline_lite!r}")
    options = config.html_theme_options
    launch = options.pop("launch_buttons", None) or {}
    services = {SERVICES[key]: launch[key] for key in SERVICES if launch.get(key)}
    url = str(options.get("repository_url") or "").strip("/")
    if url == EXAMPLE:
        url = options["repository_url"] = ""
    if url:
        check_url("repository: url", url)
        if len(urlsplit(url).path.strip("/").split("/")) < 2:
            raise ConfigError(f"repository: url is {url!r}; it needs an owner and a name")
    for key in (key for key in SERVICES if launch.get(key)):
        check_url(f"launch_buttons: {key}", launch[key])
        if not url:
            raise ConfigError(
                f"launch_buttons: {key} is set, and {SERVICES[key]} needs to know what to open: "
                "set repository: url in _config.yml too"
            )
    interface = launch.get("notebook_interface", "jupyterlab")
    if interface not in INTERFACES:
        raise ConfigError(
            f"launch_buttons: notebook_interface is {interface!r}; it is one of "
            + " and ".join(INTERFACES)
        )
    branch = options.get("repository_branch") or "main"
    folder = str(options.get("path_to_docs") or "").strip("/")
    repository = Repository(url, branch, f"{folder}/" if folder else "")
    if "Colab" in services and not repository.is_on("github.com"):
        raise ConfigError(
            f"launch_buttons: colab_url is set, and Colab opens GitHub only, not {url}"
        )
    config.fallline_launch = [
        (name, service.rstrip("/"), repository, INTERFACES[interface])
        for name, service in services.items()
    ]


def check_url(setting, value):
    """Say which setting is no address."""
    parts = urlsplit(str(value))
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigError(f"{setting} is {value!r}, not an address that begins with https://")


def launch_url(name, service, repository, interface, path):
    """Return the address that opens a file of the repository with a service.

    Examples
    --------
    >>> course = Repository("https://github.com/us/course", "main", "")
    >>> launch_url("Colab", "https://colab.research.google.com", course, "tree", "a.ipynb")
    'https://colab.research.google.com/github/us/course/blob/main/a.ipynb'
    """
    path = quote(repository.folder + path)
    branch = quote(repository.branch)
    if name == "Colab":
        return f"{service}/github/{repository.path}/blob/{branch}/{path}"
    if name == "JupyterHub":  # nbgitpuller fetches the repository, and keeps a student's changes
        folder = repository.path.rsplit("/", 1)[-1]
        query = {"repo": repository.url, "branch": repository.branch}
        query["urlpath"] = f"{interface}/{folder}/{path}"
        return f"{service}/hub/user-redirect/git-pull?{urlencode(query)}"
    if repository.is_on("github.com"):
        where = f"gh/{repository.path}/{branch}"
    elif repository.is_on("gitlab.com"):
        where = f"gl/{quote(repository.path, safe='')}/{branch}"
    else:
        where = f"git/{quote(repository.url, safe='')}/{branch}"
    return f"{service}/v2/{where}?{urlencode({'urlpath': f'{interface}/{path}'})}"


class NotebookLink(nodes.reference):
    """The link to the page's own notebook, which is written with the page."""


class Exercises(SphinxDirective):
    """Offer a chapter's exercises: to download, and to open where the settings allow it."""

    required_arguments = 1

    def run(self):
        """Return the links as a list."""
        stem = self.arguments[0]
        path = f"exercises/{stem}/{stem}.ipynb"
        if not Path(self.env.srcdir, path).is_file():
            raise self.error(f"no exercises {path}: make them with `make exercises`")
        download = addnodes.download_reference("", reftarget=f"/{path}", refdoc=self.env.docname)
        download.source, download.line = self.get_source_info()
        chapter = NotebookLink(refuri=f"{self.env.docname.rsplit('/', 1)[-1]}.ipynb", internal=True)
        links = [("Download the exercises", download)]
        links += [("Download this chapter as a notebook", chapter)]
        if self.config.fallline_lite:
            up = "../" * self.env.docname.count("/")
            uri = f"{up}lite/notebooks/index.html?path={quote(stem)}.ipynb"
            links.append(("Open the exercises in this browser", nodes.reference(refuri=uri)))
        for name, *service in self.config.fallline_launch:
            uri = launch_url(name, *service, path)
            links.append((f"Open the exercises in {name}", nodes.reference(refuri=uri)))
        row = nodes.bullet_list(classes=["practice"])
        row["notebook"] = f"The exercises are the notebook `{path}` of the course."
        for words, link in links:
            link += nodes.inline(words, words)
            row += nodes.list_item("", nodes.paragraph("", "", link))
        self.set_source_info(row)
        return [row]


def drop_notebook_links(app, doctree, docname):
    """Offer a page as a notebook only where there is one: on the site, with code in it."""
    if app.builder.format == "html" and app.builder.name == "html" and has_notebook(doctree):
        return
    for link in list(doctree.findall(NotebookLink)):
        link.parent.parent.parent.remove(link.parent.parent)


def visit_notebook_link(self, node):
    """Open a link that saves the file under a name of its own."""
    stem = node["refuri"].removesuffix(".ipynb")
    name = f"{stem}-chapter.ipynb"  # the exercises are called after the chapter already
    self.body.append(self.starttag(node, "a", "", href=node["refuri"], download=name))


def depart_notebook_link(self, node):
    """Close it."""
    self.body.append("</a>")
