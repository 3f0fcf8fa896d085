<?php
// Install WordPress with its defaults, from the command line; comments are shown at once.
define('WP_INSTALLING', true);
$_SERVER['HTTP_HOST'] = getenv('WP_HOST');
$_SERVER['SERVER_PROTOCOL'] = 'HTTP/1.1';
$_SERVER['REQUEST_METHOD'] = 'GET';
require getenv('WP_ROOT') . '/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/upgrade.php';
wp_install('Bench', 'admin', 'admin@example.org', true, '', 'bench');
foreach (array('comment_previously_approved', 'comment_moderation', 'comments_notify', 'moderation_notify') as $each)
    update_option($each, 0);
update_option('permalink_structure', '');
echo $wp_version;
