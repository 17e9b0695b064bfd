SELECT local_day(:at) AS day, coalesce(current_setting('app.home_paths', true), '') <> '' AS homes
