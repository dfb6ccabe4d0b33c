"""Stand-in for torch: what a stock worker asks of it, over NumPy."""

import numpy as np

__version__ = "2.15.0"
float32 = np.float32


class cuda:
    @staticmethod
    def is_available():
        return False


class Tensor(np.ndarray):
    def numpy(self):
        return np.asarray(self)

    def float(self):
        return self.astype(np.float32)

    def detach(self):
        return self

    def cpu(self):
        return self


def from_numpy(array):
    return np.asarray(array).view(Tensor)


def tensor(values, dtype=None):
    return np.asarray(values, dtype=dtype).view(Tensor)


class _AllFunctions(type):
    """Every name that is asked of such a class is a function."""

    def __getattr__(cls, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return _Function


class _Function(metaclass=_AllFunctions):
    def __init__(self, *given, **settings):
        pass

    def __call__(self, values):
        return np.tanh(values)


class nn(metaclass=_AllFunctions):
    pass


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    return _Function()
