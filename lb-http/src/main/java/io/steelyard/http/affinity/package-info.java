/** Stickiness of HTTP clients: what names a server in cookies, how cookies are read, written, and hidden. Pure. */
package io.steelyard.http.affinity;
