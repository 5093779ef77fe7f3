/**
 * How later requests of an HTTP client come back to the server of its earlier ones: by a cookie, by a value that names a server, or by a table
 * of what was learned.
 */
package io.steelyard.api.affinity;
