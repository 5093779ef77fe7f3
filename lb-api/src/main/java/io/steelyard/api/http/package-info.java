/**
 * What an HTTP virtual server does with requests: {@link io.steelyard.api.http.HttpService} → {@link io.steelyard.api.http.VirtualHost} →
 * {@link io.steelyard.api.http.HttpRoute} → {@link io.steelyard.api.http.Content}.
 *
 * <p>Every value stands where it works: readers of files in which blocks inherit from each other work that out, so that a route says all
 * that holds for its requests.
 */
package io.steelyard.api.http;
