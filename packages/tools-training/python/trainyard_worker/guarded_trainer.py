"""The trl trainers, with a look at every loss and gradient: a diverged run ends at its first bad step."""

import math

from trl import DPOTrainer, SFTTrainer

from .trainer_events import non_finite


class Guarded:
    def training_step(self, *args, **kwargs):
        loss = super().training_step(*args, **kwargs)
        value = loss.item()
        if not math.isfinite(value):
            raise non_finite("loss", self.state.global_step + 1, value)
        return loss

    def _get_grad_norm(self, *args, **kwargs):
        # Called before the optimizer's step: bad gradients never reach the weights.
        norm = super()._get_grad_norm(*args, **kwargs)
        value = float(norm)
        if not math.isfinite(value):
            raise non_finite("grad_norm", self.state.global_step + 1, value)
        return norm

    def create_model_card(self, *args, **kwargs):
        """The card is written by whoever knows the lineage."""


class GuardedSFTTrainer(Guarded, SFTTrainer):
    pass


class GuardedDPOTrainer(Guarded, DPOTrainer):
    pass
