"""Invented READMEs on baking bread that hold every trap a survey's README is known to set."""

TRAPS = """\
# 🍞A Survey on Efficient Bread

[![badge](https://img.example/badge)](https://bread.example)

| Symbol | Meaning |
|---|---|
| 🌐 | website |

## Contents

- [🔍 Contents](#contents)
- [News 🔥](#news-)
- [🥣Better Dough](#better-dough)
  - [Leavening](#leavening)
    - [Sourdough](#sourdough)
    - [Baker's Yeast](#bakers-yeast)
  - [Kneading](#kneading)
- [🔥Ovens](#ovens)
  - [Steam](#steam)
  - [Stone Hearth](#stone-hearth)
- [Citation](#citation)

## News 🔥

## All Bread

### Better Dough

#### Leavening

##### Sourdough
| Year | Venue | Paper | Website | Code |
|------|-------|-------|---------|------|
| 2025 | arXiv | [WildStart: Keeping a Starter Alive at Sea](https://arxiv.org/abs/2501.00001) | - | - |
| 2025 | ICLR | [Folding Schedules without a Mixer](https://arxiv.org/abs/2502.00004v2) | [🌐](https://fold.example) | \
[💻 Dome](https://git.example/dome) / [💻 Fire](https://git.example/fire) |

##### Baker's Yeast
| Title | Code | Venue | Project Page | Year | Stars |
| :---: | ---- | ----- | ------------ | ---- | ----- |
| [DryDose: How Little Yeast](https://arxiv.org/pdf/2502.00003.pdf) |  | CoRL | https://dry.example | 2025 | 12 |

#### Kneading
| Year | Venue | Paper | Website | Code |
|------|-------|-------|---------|------|
| 2024 | ICLR | [Folding Schedules without a Mixer](https://arxiv.org/abs/2502.00004) | [🌐](https://fold.example) | \
[💻 Dome](https://git.example/dome) / [💻 Fire](https://git.example/fire) |
| 2025 | arXiv | [A Different Thing: Rye at Home](https://arxiv.org/abs/2501.00001) | - | - |
| 2025 | arXiv | [Mixers: A or B | C](https://arxiv.org/abs/2501.00009) | - | - |
| 2025 | arXiv | [OpenCrumb: Unclosed](https://arxiv.org/abs/2501.00010) | - | [💻](https://git.example/crumb
) |
| 2025 | arXiv | [NoPipe: The Last One Is Missing](https://arxiv.org/abs/2501.00011) | soon | -

| 2025 | arXiv | [Cut Off: By an Empty Line](https://arxiv.org/abs/2501.00012) | - | - |

#### Ovens

##### Steam
Year | Venue | Paper | Website | Code
--- | --- | --- | --- | ---
| | | [VapourLoaf: Steam](https://arxiv.org/abs/2503.00005) | [🌐](https://a.example)<br>[Film](https://b.example) | - |
2025-06 | Blog | [SteamBox: A Kettle](https://bread.example/steambox) | - | -
2025 | Blog | No Link At All | - | -

##### Stone Hearth

| Year | Venue | Paper | Website | Code |
|------|-------|-------|---------|------|

##### Forgotten Class

| Year | Venue | Paper | Website | Code |
|------|-------|-------|---------|------|
| 2025 | Blog | [SteamBox: Another Box](https://bread.example/other) | - | - |

## Citation
"""

LEVELS = """\
# A Survey on Efficient Bread

## Better Dough
### Leavening
#### Sourdough
| Year | Venue | Paper | Website | Code |
|------|-------|-------|---------|------|
| 2025 | arXiv | [WildStart: Keeping a Starter Alive at Sea](https://arxiv.org/abs/2501.00001) | - | - |

#### Baker's Yeast
| Year | Venue | Paper | Website | Code |
|------|-------|-------|---------|------|
| 2025 | arXiv | [DryDose: How Little Instant Yeast Is Enough](https://arxiv.org/abs/2502.00003) | - | - |
| 2025 | arXiv | [WildStart: Keeping a Starter Alive at Sea](https://arxiv.org/abs/2501.00001) | - | - |

### Kneading
| Year | Venue | Paper | Website | Code |
|------|-------|-------|---------|------|

## Ovens
### Steam
| Year | Venue | Paper | Website | Code |
|------|-------|-------|---------|------|
| 2025 | arXiv | [VapourLoaf: Steam Injection in Home Ovens](https://arxiv.org/abs/2503.00005) | - | - |

### Stone Hearth
| Year | Venue | Paper | Website | Code |
|------|-------|-------|---------|------|
"""
