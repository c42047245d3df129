"""The configurations of `deploy/`: they parse, name what is there, and hold the limits that their page states."""

from __future__ import annotations

import re
import types
from pathlib import Path

import hub
import pytest
import yaml

import inference_economics

ROOT = Path(hub.ROOT)
DEPLOY = ROOT / "deploy"


class Recorder(dict):
    """Takes what a configuration sets, as traitlets' does."""

    def __getattr__(self, name):
        return self.setdefault(name, Recorder())

    def __setattr__(self, name, value):
        self[name] = value


@pytest.fixture
def configured(tmp_path, monkeypatch):
    """What `jupyterhub_config.py` sets, for a state folder of its own."""
    monkeypatch.setenv("BOOK_HUB_STATE", str(tmp_path / "a state"))
    monkeypatch.chdir(tmp_path)
    c = Recorder()
    path = DEPLOY / "jupyterhub_config.py"
    exec(compile(path.read_text(encoding="utf-8"), path, "exec"), {"get_config": lambda: c, "__file__": str(path)})
    return c


def test_it_listens_on_this_machine_only(configured):
    hub_config = configured.JupyterHub
    for address in (hub_config.bind_url, hub_config.hub_bind_url, configured.ConfigurableHTTPProxy.api_url):
        assert address.startswith("http://127.0.0.1:")
    assert hub_config.active_server_limit == 40
    assert configured.Spawner.mem_limit == "1G"


def test_it_opens_chapter_1(configured):
    assert configured.Spawner.default_url.endswith("/notebooks/01_the_inversion.ipynb")


def test_notebooks_are_handed_out_and_work_is_kept(configured, tmp_path):
    person = types.SimpleNamespace(user=types.SimpleNamespace(name="somebody"))
    configured.Spawner.pre_spawn_hook(person)
    folder = tmp_path / "a state" / "people" / "somebody" / "notebooks"
    assert len(list(folder.glob("*.ipynb"))) == len(list((ROOT / "notebooks").glob("*.ipynb")))
    (folder / "01_the_inversion.ipynb").write_text("my work")
    configured.Spawner.pre_spawn_hook(person)
    assert (folder / "01_the_inversion.ipynb").read_text() == "my work"


@pytest.mark.parametrize("name", ["../other", "a/b", ""])
def test_a_name_that_is_no_folder(configured, name):
    with pytest.raises(ValueError, match="cannot be a folder"):
        configured.Spawner.pre_spawn_hook(types.SimpleNamespace(user=types.SimpleNamespace(name=name)))


def test_kubernetes_values():
    values = yaml.safe_load((DEPLOY / "kubernetes.yaml").read_text(encoding="utf-8"))
    assert values["singleuser"]["image"]["tag"] == inference_economics.__version__
    assert values["singleuser"]["defaultUrl"].endswith(min(p.name for p in (ROOT / "notebooks").glob("*.ipynb")))
    assert values["cull"]["enabled"]
    assert set(values) <= {"hub", "singleuser", "cull", "scheduling", "prePuller", "proxy", "ingress"}


def test_the_page_names_every_variable():
    words = (DEPLOY / "README.md").read_text(encoding="utf-8")
    config = (DEPLOY / "jupyterhub_config.py").read_text(encoding="utf-8")
    assert set(re.findall(r"BOOK_HUB_\w+", config)) <= set(re.findall(r"BOOK_HUB_\w+", words))


@pytest.mark.parametrize(("words", "why"), [(["--port", "99999"], "1024 to 65533"), (["--people", "0"], "1 or more")])
def test_what_is_asked_of_the_hub_is_understood_or_refused(monkeypatch, capsys, words, why):
    monkeypatch.setattr("sys.argv", ["hub.py", *words])
    with pytest.raises(SystemExit):
        hub.main()
    assert why in capsys.readouterr().err
