/** What a client's first bytes tell before a server is picked: the greeting of TLS. Pure functions over bytes. */
package io.steelyard.realip.greeting;
