<?php
// For load only: no limit on comments from one address, no mail, no redirect to the usual address.
add_filter('wp_is_comment_flood', '__return_false', 99);
add_filter('pre_wp_mail', '__return_true', 99);
remove_filter('template_redirect', 'redirect_canonical');
