/** Questions to name servers of one's own choice. Start at {@link io.steelyard.core.name.NameServers}. */
package io.steelyard.core.name;
