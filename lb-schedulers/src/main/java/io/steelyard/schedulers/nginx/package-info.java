/**
 * The algorithms of nginx's upstream blocks, decision for decision. Their sources are nginx's upstream modules and manual, 1.31.5, and
 * decisions recorded from nginx 1.22.1.
 */
package io.steelyard.schedulers.nginx;
