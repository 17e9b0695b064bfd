SELECT local_day(:at)
