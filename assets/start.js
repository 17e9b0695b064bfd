/* What Dash would write into the page as an inline script: a file instead, so that the page forbids inline scripts. */
window.renderer = new DashRenderer();
