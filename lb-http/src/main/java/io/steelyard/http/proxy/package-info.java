/**
 * The HTTP proxy on raw sockets. On each loop an {@link io.steelyard.http.proxy.HttpWorker} has the connections of clients
 * ({@link io.steelyard.http.proxy.ClientConnection}) and of servers ({@link io.steelyard.http.proxy.ServerConnection}); an
 * {@link io.steelyard.http.proxy.Exchange} is one request with its answer, and joins one of each. All three live on the loop that accepted
 * the client.
 */
package io.steelyard.http.proxy;
