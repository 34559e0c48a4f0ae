"""The warm kernel: notebooks start in a process that has imported the heavy libraries already.

A driver (papermill, nbclient, nbval, JupyterLab) asks for the kernel `asylum` by name; its
provisioner then forks the kernel from a warm parent instead of starting Python anew. Each notebook
has a process of its own, with the environment, folder and streams that it would have had cold.

Parent and driver talk over unnamed sockets alone: whoever holds the parent's door, by inheritance,
may ask it for a kernel, and nobody else can reach it. So there is no address to guard, nothing to
clean up, and the system itself tells the parent when its last user is gone.
"""
