#!/bin/bash
# sbatch --array=1-16 slurm.sh: sixteen workers, which take units of a queue until there are none for two minutes.
# Redis runs on a node that all can reach; user and password come from a file that only you can read.
#SBATCH --job-name=pramana
#SBATCH --requeue
#SBATCH --gres=gpu:1
#SBATCH --cpus-per-task=8
#SBATCH --time=12:00:00
# Preempted, or out of time: the worker gives its unit back.
#SBATCH --signal=TERM@60
set -euo pipefail
# PRAMANA_QUEUE_USER=… and PRAMANA_QUEUE_PASSWORD=…
set -a; . "$HOME/.pramana-queue"; set +a
export HF_HUB_CACHE=/shared/hub HF_HUB_OFFLINE=1
exec srun pramana worker --queue rediss://queue-host:6380 --store /shared/pramana --device cuda \
  --threads "$SLURM_CPUS_PER_TASK" --idle-exit 120
