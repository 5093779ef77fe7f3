package io.steelyard.admin.runtime;

import io.steelyard.api.ConfigurationException;
import io.steelyard.api.LoadBalancer;
import io.steelyard.api.Problem;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * HAProxy's runtime commands (management guide 2.6, section 9.3), carried out on a running balancer. A reply ends with an empty line, as
 * HAProxy's do. Safe for all threads: commands are carried out one after another.
 *
 * <p>What a command changes holds until the configuration is read again. See {@link #HELP} for what there is.
 */
public final class RuntimeCommands {
    /** What {@code help} and an unknown command tell. */
    public static final String HELP = """
              abort ssl cert <file>                   : give up a change of a certificate
              add server <bk>/<srv> <addr>            : create a new server
              add acl <acl> <pattern>                 : add an entry to a file of an acl
              add map <map> <key> <value>             : add an entry to a map
              clear acl [<acl>|#<id>]                 : take all entries of a file of an acl away
              clear counters [all]                    : clear statistics counters
              clear map [<map>|#<id>]                 : take all entries of a map away
              clear table <table> [<filter>]*         : remove entries of a stick table
              commit ssl cert <file>                  : use a changed certificate
              del acl <acl> [<pattern>|#<ref>]        : take an entry of a file of an acl away
              del map <map> [<key>|#<ref>]            : take an entry of a map away
              del server <bk>/<srv>                   : remove a server that is in maintenance
              disable agent <bk>/<srv>                : ask a server's agent no more
              disable frontend <frontend>             : give a frontend's addresses up for a time
              disable health <bk>/<srv>               : check a server no more
              disable server <bk>/<srv>               : take a server out (also 'set server')
              enable agent <bk>/<srv>                 : ask a server's agent again
              enable frontend <frontend>              : let a frontend listen again
              enable health <bk>/<srv>                : check a server again
              enable server <bk>/<srv>                : let a server serve again (also 'set server')
              get acl <acl> <value>                   : report what a value matches
              get map <map> <value>                   : report what a value matches
              get weight <bk>/<srv>                   : report a server's current weight
              help                                    : list all commands
              prompt                                  : toggle interactive mode with prompt
              quit                                    : disconnect
              set map <map> [<key>|#<ref>] <value>    : change an entry of a map
              set maxconn frontend <frontend> <value> : change a frontend's limit of connections
              set maxconn global <value>              : change the limit of connections
              set maxconn server <bk>/<srv> <value>   : change a server's limit of connections
              set server <bk>/<srv> [opts]            : change a server's state, health, weight, addresses or name
              set ssl cert <file> <payload>           : change a certificate and its key
              set table <table> key <key> [<data>]*   : change or make an entry of a stick table
              set weight <bk>/<srv> <weight>          : change a server's weight
              show acl [<acl>|#<id>]                  : list files of acls, or the entries of one
              show backend                            : list backends
              show errors [<proxy>] [request|response] : report the last broken messages
              show info [typed|json]                  : report information about the running process
              show map [<map>|#<id>]                  : list maps, or the entries of one
              show resolvers [<section>]              : report counters of name servers
              show servers conn [<backend>]           : list the servers' connections
              show servers state [<backend>]          : list the servers' states
              show pools                              : report how much memory buffers have
              show sess [all|<id>]                    : list the sessions, or what is known of them
              show ssl cert [<file>]                  : list certificates, or tell of one
              show stat [<iid> <type> <sid>] [typed|json] [up] [no-maint] : report counters of each proxy and server
              show table [<table> [<filter>]*]        : list stick tables, or the entries of one
              show version                            : show the version
              shutdown frontend <frontend>            : stop a frontend
              shutdown session <id>                   : end a session
              shutdown sessions server <bk>/<srv>     : end the sessions on a server
            """;

    private final LoadBalancer balancer;
    private final Shown shown;
    private final ConfiguredServers servers;
    private final ServerChanges changes;
    private final CheckChanges checks;
    private final FrontendChanges frontends;
    private final SessionList sessions;
    private final ErrorList errors;
    private final CertificateCommands certificates;
    private final Tables tables;
    private final Baseline baseline = new Baseline();

    /**
     * Commands to a balancer.
     *
     * @param nowMs the time of day in milliseconds since 1970
     */
    public RuntimeCommands(LoadBalancer balancer, Identity identity, LongSupplier nowMs) {
        this.balancer = balancer;
        frontends = new FrontendChanges(balancer);
        shown = new Shown(balancer, identity, nowMs, baseline, frontends);
        servers = new ConfiguredServers(balancer);
        checks = new CheckChanges(balancer, servers);
        changes = new ServerChanges(balancer, servers, checks);
        sessions = new SessionList(balancer, nowMs);
        errors = new ErrorList(balancer, nowMs);
        certificates = new CertificateCommands(balancer);
        tables = new Tables(balancer);
    }

    /**
     * The replies to a line of one command, or several parted by {@code ;}. Behind a command that ends with {@code <<}, further lines are what it
     * is given, whatever they hold.
     *
     * @param level what the user may
     */
    public String executeLine(String line, Level level) {
        return CommandLine.commands(line).stream()
                .map(command -> execute(command, level))
                .collect(Collectors.joining());
    }

    /** The configuration was read again: weights that were set are forgotten, and frontends that were stopped listen. */
    public synchronized void onReload() {
        changes.forget();
        checks.forget();
        frontends.forget();
        certificates.forget();
    }

    private synchronized String execute(String command, Level level) {
        String reply;
        try {
            reply = reply(CommandLine.words(command), level);
        } catch (RefusedCommandException refused) {
            reply = refused.reply() + "\n";
        } catch (ConfigurationException refused) {
            reply = refused.problems().stream().map(Problem::text).collect(Collectors.joining("\n")) + "\n";
        } catch (IllegalArgumentException refused) {
            reply = refused.getMessage() + "\n";
        }
        return reply + "\n";
    }

    private String reply(List<String> words, Level level) {
        var verb = words.isEmpty() ? "" : words.getFirst();
        var rest = words.isEmpty() ? words : words.subList(1, words.size());
        return switch (verb) {
            case "show" -> show(rest, level);
            case "get" ->
                switch (word(rest, 0)) {
                    case "weight" -> changes.weight(word(rest, 1));
                    case "map", "acl" -> Patterns.of(word(rest, 0)).get(rest.subList(1, rest.size()));
                    default -> unknown();
                };
            case "set" -> set(rest, level);
            case "enable", "disable" -> turn(rest, verb.equals("enable"), level);
            case "shutdown" -> shutDown(rest, level);
            case "add", "del" -> addOrRemove(verb, rest, level);
            case "clear" -> clear(rest, level);
            case "commit", "abort" -> {
                if (!isCertificate(rest)) {
                    yield unknown();
                }
                require(level, Level.ADMIN);
                yield verb.equals("commit") ? certificates.commit(word(rest, 2)) : certificates.abort(word(rest, 2));
            }
            case "help" -> "The following commands are valid at this level:\n" + HELP;
            default -> unknown();
        };
    }

    private String turn(List<String> words, boolean isOn, Level level) {
        var kind = word(words, 0);
        if (!List.of("server", "frontend", "health", "agent").contains(kind)) {
            return unknown();
        }
        require(level, Level.ADMIN);
        return switch (kind) {
            case "server" -> changes.state(word(words, 1), isOn ? "ready" : "maint");
            case "frontend" -> frontends.listen(word(words, 1), isOn);
            default -> checks.probing(kind, word(words, 1), isOn);
        };
    }

    private String shutDown(List<String> words, Level level) {
        var kind = word(words, 0);
        boolean isOfServer = kind.equals("sessions") && word(words, 1).equals("server");
        if (!isOfServer && !List.of("frontend", "session").contains(kind)) {
            return unknown();
        }
        require(level, Level.ADMIN);
        if (isOfServer) {
            var found = servers.find(word(words, 2));
            balancer.endFlows(found.pool().name(), found.server().id());
            return "";
        }
        return kind.equals("frontend") ? frontends.shutDown(word(words, 1)) : sessions.end(word(words, 1));
    }

    private String show(List<String> words, Level level) {
        var rest = words.isEmpty() ? words : words.subList(1, words.size());
        return switch (word(words, 0)) {
            case "info" -> shown.information(rest);
            case "stat" -> shown.statistics(rest);
            case "version" -> shown.version();
            case "backend" -> shown.backends();
            case "errors" -> {
                require(level, Level.OPERATOR);
                yield errors.show(rest);
            }
            case "sess" -> {
                require(level, Level.OPERATOR);
                yield sessions.show(rest);
            }
            case "pools" -> shown.pools();
            case "ssl" -> {
                if (!isCertificate(words)) {
                    yield unknown();
                }
                require(level, Level.OPERATOR);
                yield certificates.show(words.subList(2, words.size()));
            }
            case "resolvers" -> ShownResolvers.text(balancer, rest);
            case "table" -> tables.show(rest);
            case "servers" ->
                switch (word(rest, 0)) {
                    case "state" -> shown.serverStates(rest.subList(1, rest.size()));
                    case "conn" -> shown.serverConnections(rest.subList(1, rest.size()));
                    default -> unknown();
                };
            case "map", "acl" -> Patterns.of(word(words, 0)).show(rest);
            default -> unknown();
        };
    }

    private String set(List<String> words, Level level) {
        var kind = word(words, 0);
        if (kind.equals("map")) {
            require(level, Level.OPERATOR);
            return Patterns.of(kind).set(words.subList(1, words.size()));
        }
        if (kind.equals("table")) {
            require(level, Level.OPERATOR);
            return tables.set(words.subList(1, words.size()));
        }
        if (isCertificate(words)) {
            require(level, Level.ADMIN);
            return certificates.set(words.subList(2, words.size()));
        }
        if (!List.of("server", "weight", "maxconn").contains(kind)) {
            return unknown();
        }
        require(level, Level.ADMIN);
        return switch (kind) {
            case "server" -> changes.set(words.subList(1, words.size()));
            case "weight" -> changes.setWeight(word(words, 1), word(words, 2));
            default -> setMaximum(words);
        };
    }

    private static boolean isCertificate(List<String> words) {
        return word(words, 0).equals("ssl") && word(words, 1).equals("cert");
    }

    private String setMaximum(List<String> words) {
        return switch (word(words, 1)) {
            case "server" -> changes.setMaxConnections(word(words, 2), word(words, 3));
            case "global" -> changes.setMaxConnections(word(words, 2));
            case "frontend" ->
                frontends.maxConnections(
                        word(words, 2), ServerChanges.positive(word(words, 3), "Integer value expected."));
            default ->
                throw new RefusedCommandException("'set maxconn' only supports 'frontend', 'server', and 'global'.");
        };
    }

    private String addOrRemove(String verb, List<String> words, Level level) {
        var kind = word(words, 0);
        if (kind.equals("map") || kind.equals("acl")) {
            require(level, Level.OPERATOR);
            var rest = words.subList(1, words.size());
            return verb.equals("add")
                    ? Patterns.of(kind).add(rest)
                    : Patterns.of(kind).remove(rest);
        }
        if (!kind.equals("server")) {
            return unknown();
        }
        require(level, Level.ADMIN);
        return verb.equals("add") ? changes.add(words.subList(1, words.size())) : changes.remove(word(words, 1));
    }

    private String clear(List<String> words, Level level) {
        switch (word(words, 0)) {
            case "counters" -> {
                require(level, word(words, 1).equals("all") ? Level.ADMIN : Level.OPERATOR);
                if (word(words, 1).equals("all")) {
                    baseline.take(balancer.status());
                }
                return "";
            }
            case "table" -> {
                require(level, Level.OPERATOR);
                return tables.clear(words.subList(1, words.size()));
            }
            case "map", "acl" -> {
                require(level, Level.OPERATOR);
                return Patterns.of(word(words, 0)).clear(words.subList(1, words.size()));
            }
            default -> {
                return unknown();
            }
        }
    }

    private static void require(Level has, Level needed) {
        if (has.compareTo(needed) < 0) {
            throw new RefusedCommandException("Permission denied");
        }
    }

    private static String unknown() {
        return "Unknown command. Please enter one of the following commands only:\n" + HELP;
    }

    private static String word(List<String> words, int index) {
        return index < words.size() ? words.get(index) : "";
    }
}
