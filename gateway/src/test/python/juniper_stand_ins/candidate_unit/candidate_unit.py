"""Stand-in for the trainer: as large as a task, and quick."""

import numpy as np
import torch


class Trained:
    correlation = 0.4127
    all_correlations = [0.4127]
    numerator = 1.25
    denominator = 3.03
    best_corr_idx = 0
    success = True

    def __init__(self, epochs, rows):
        self.epochs_completed = epochs
        self.norm_output = torch.from_numpy(np.full(rows, 0.25, np.float32))
        self.norm_error = torch.from_numpy(np.full(rows, -0.25, np.float32))

    def __getattr__(self, name):
        raise AttributeError("the stand-in for a training result has no " + name)


class CandidateUnit:
    def __init__(self, **settings):
        self.size = settings["CandidateUnit__input_size"]
        self.weights = None
        self.bias = None

    def train_detailed(self, x, residual_error, epochs, learning_rate, display_frequency):
        # The mean of the inputs: the test can tell that the tensor arrived as it was.
        self.weights = torch.from_numpy(np.asarray(x).mean(axis=0).astype(np.float32))
        self.bias = torch.from_numpy(np.asarray(residual_error).mean(axis=0).astype(np.float32))
        return Trained(epochs, len(x))

    def clear_display_progress(self):
        pass

    def clear_display_status(self):
        pass

    def __getattr__(self, name):
        raise AttributeError("the stand-in for a candidate has no " + name)
