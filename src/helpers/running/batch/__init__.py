"""Many runs, on the workers of a Dask scheduler: on this machine, or on as many as there are.

The driver hands each worker one notebook at a time, with the core tables that it reads, and takes
back all files that it left. So workers share no disk with the driver or with each other, and one
that dies costs the notebook in its hands and no other. Runs take their place one by one, each
whole, in runs/<batch>/<run>; the same command goes on from those that stand.
"""
