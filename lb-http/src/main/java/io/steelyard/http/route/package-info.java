/**
 * Which site and route a request belongs to, and what its rules say: nginx's order of names and locations, and its rewrite rules. Pure: no
 * sockets, no time.
 */
package io.steelyard.http.route;
