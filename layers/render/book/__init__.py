"""The map book 地图册: one village's grids on paper, for whoever answers for them. `content` reads, `binding` draws."""
