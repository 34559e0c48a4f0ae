"""How notebooks run: one parameter set, its manifest, and the reference that is guarded."""
