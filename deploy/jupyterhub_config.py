"""A JupyterHub for one machine: everybody gets a name, a folder with the book's notebooks, and limits.

`make hub` starts it on localhost. For a server in a room, set the environment variables below and put it behind TLS;
`deploy/README.md` says how. Notebooks are copied where they are missing only, so nobody's work is ever overwritten.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from pathlib import Path

c = get_config()  # noqa: F821 - JupyterHub defines it

ROOT = Path(__file__).resolve().parents[1]
STATE = Path(os.environ.get("BOOK_HUB_STATE", ROOT / ".hub" / "state"))  # users' folders and the hub's database
NOTEBOOKS = Path(os.environ.get("BOOK_HUB_NOTEBOOKS", ROOT / "notebooks"))
PEOPLE = int(os.environ.get("BOOK_HUB_PEOPLE", "40"))  # more wait at the door
MEMORY = os.environ.get("BOOK_HUB_MEMORY", "1G")  # of one person's server and kernels; `make bench-hub` measures it
IDLE_S = int(os.environ.get("BOOK_HUB_IDLE_S", "3600"))
PORT = int(os.environ.get("BOOK_HUB_PORT", "8010"))

STATE.mkdir(parents=True, exist_ok=True)
os.chdir(STATE)  # the proxy's pid file and the like

# The kernels are those of the book's environment, whose own description says no more than `python`.
KERNELS = STATE / "jupyter"
(KERNELS / "kernels" / "python3").mkdir(parents=True, exist_ok=True)
(KERNELS / "kernels" / "python3" / "kernel.json").write_text(json.dumps({
    "argv": [str(ROOT / ".venv" / "bin" / "python"), "-m", "ipykernel_launcher", "-f", "{connection_file}"],
    "display_name": "Python 3", "language": "python"}), encoding="utf-8")

# --- who may come in: a name for everybody, no password; whoever closes the browser keeps the name by its cookie
c.JupyterHub.authenticator_class = "tmp"
c.TmpAuthenticator.auto_login = True
c.Authenticator.allow_all = True

# --- the door
c.JupyterHub.bind_url = f"http://{os.environ.get('BOOK_HUB_ADDRESS', '127.0.0.1')}:{PORT}"
c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{PORT + 1}"
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{PORT + 2}"
c.ConfigurableHTTPProxy.command = [str(Path(sys.executable).with_name("configurable-http-proxy"))]
c.JupyterHub.db_url = f"sqlite:///{STATE / 'jupyterhub.sqlite'}"
c.JupyterHub.cookie_secret_file = str(STATE / "cookie_secret")
c.JupyterHub.active_server_limit = PEOPLE
c.JupyterHub.concurrent_spawn_limit = 10
# A hub that is started again takes up the servers that still run; their kernels notice nothing.
c.JupyterHub.cleanup_servers = False
c.JupyterHub.log_level = "WARN"

# --- a person's server
c.JupyterHub.spawner_class = "simple"  # of the machine's own user: in a room, behind a door; see deploy/README.md
c.SimpleLocalProcessSpawner.home_dir_template = str(STATE / "people" / "{username}")
c.Spawner.notebook_dir = str(STATE / "people" / "{username}")
c.Spawner.default_url = "/lab/tree/notebooks/" + min(path.name for path in NOTEBOOKS.glob("*.ipynb"))
c.Spawner.start_timeout = 120
c.Spawner.http_timeout = 120
c.Spawner.cmd = [str(Path(sys.executable).with_name("jupyterhub-singleuser"))]
c.Spawner.environment = {
    "JUPYTER_PATH": os.pathsep.join(map(str, (KERNELS, ROOT / ".venv" / "share" / "jupyter"))),  # and the widgets
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}
c.Spawner.args = [
    "--KernelSpecManager.ensure_native_kernel=False",
    "--MappingKernelManager.cull_idle_timeout=1800",
    "--MappingKernelManager.cull_interval=120",
    "--FileContentsManager.delete_to_trash=False",
]
if hasattr(os, "geteuid") and os.geteuid() == 0:  # in a container, say
    c.Spawner.args.append("--allow-root")
c.Spawner.mem_limit = MEMORY  # a spawner of containers or of systemd enforces it; this one tells it to the server


def hand_out(spawner) -> None:
    """Give a person the notebooks that are not there yet."""
    if not re.fullmatch(r"[A-Za-z0-9_.-]+", spawner.user.name):
        raise ValueError(f"the name {spawner.user.name!r} cannot be a folder")
    folder = STATE / "people" / spawner.user.name / "notebooks"
    folder.mkdir(parents=True, exist_ok=True)
    for notebook in NOTEBOOKS.glob("*.ipynb"):
        if not (folder / notebook.name).exists():
            shutil.copyfile(notebook, folder / notebook.name)


c.Spawner.pre_spawn_hook = hand_out

# --- who has gone leaves the memory to the others; the files stay
c.JupyterHub.load_roles = [{
    "name": "idle", "services": ["idle"],
    "scopes": ["list:users", "read:users:activity", "read:servers", "delete:servers"],
}]
c.JupyterHub.services = [{
    "name": "idle",
    "command": [sys.executable, "-m", "jupyterhub_idle_culler", f"--timeout={IDLE_S}",
                f"--cull-every={IDLE_S // 6 + 1}"],
}]
