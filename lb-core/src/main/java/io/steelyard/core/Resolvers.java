package io.steelyard.core;

import io.steelyard.api.NameServerStatus;
import io.steelyard.api.pool.NameLookup;
import io.steelyard.core.name.NameServers;
import io.steelyard.pool.HostNames;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/** The system's resolver, and name servers for those who name some. Safe for all threads. */
final class Resolvers implements HostNames.Resolver {
    private final NameServers nameServers = new NameServers();

    @Override
    public List<InetAddress> resolve(String host) throws UnknownHostException {
        return HostNames.SYSTEM.resolve(host);
    }

    @Override
    public HostNames.Answer find(String host, int port, NameLookup lookup) throws UnknownHostException {
        return nameServers.find(host, port, lookup);
    }

    @Override
    public List<NameServerStatus> status() {
        return nameServers.status();
    }
}
