package io.steelyard.core.tls;

import io.steelyard.api.Configuration;
import io.steelyard.api.Problem;
import io.steelyard.api.http.VirtualHost;
import io.steelyard.api.proxy.ListenAddress;
import io.steelyard.api.proxy.Target;
import io.steelyard.api.proxy.VirtualServer;
import io.steelyard.api.tls.ClientCertificates;
import io.steelyard.api.tls.TlsCertificate;
import io.steelyard.api.tls.TlsClient;
import io.steelyard.api.tls.TlsServer;
import io.steelyard.api.tls.TlsTrust;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Reads the files that a configuration's TLS names, as its start would, and tells what is wrong with them. One use; one thread. */
public final class TlsFileCheck {
    private final Set<TlsCertificate> certificates = new LinkedHashSet<>();
    /** Those shown to clients, whose stapling matters. */
    private final Set<TlsCertificate> shown = new LinkedHashSet<>();

    private final Set<TlsTrust> ofClients = new LinkedHashSet<>();
    private final Set<TlsTrust> ofServers = new LinkedHashSet<>();
    private final Set<String> ticketKeyFiles = new LinkedHashSet<>();
    private final List<Problem> problems = new ArrayList<>();

    private TlsFileCheck() {}

    /**
     * What is wrong with the files of a configuration, each said once.
     *
     * @return errors, and warnings of certificates whose status cannot be fetched; the path of each is {@code files.} and the file's name as the
     *     configuration has it
     */
    public static List<Problem> problems(Configuration configuration) {
        var check = new TlsFileCheck();
        configuration.virtualServers().forEach(check::collect);
        configuration.pools().stream()
                .flatMap(pool -> pool.servers().stream())
                .forEach(server -> server.tls().ifPresent(check::collect));
        check.read();
        return List.copyOf(check.problems);
    }

    private void collect(VirtualServer server) {
        boolean isSpoken = server.listen().stream().anyMatch(ListenAddress::tls);
        if (isSpoken) {
            server.tls().ifPresent(this::collect);
        }
        server.options().tls().ifPresent(this::collect);
        if (server.target() instanceof Target.Http http) {
            if (isSpoken) {
                http.service().hosts().stream().map(VirtualHost::tls).forEach(tls -> tls.ifPresent(this::collect));
            }
            for (var route : http.service().routes()) {
                route.content()
                        .proxy()
                        .flatMap(proxy -> proxy.transport().tls())
                        .ifPresent(this::collect);
            }
        }
    }

    private void collect(TlsServer tls) {
        certificates.addAll(tls.certificates());
        shown.addAll(tls.certificates());
        ticketKeyFiles.addAll(tls.sessions().ticketKeyFiles());
        var clients = tls.clientCertificates();
        if (clients.mode() == ClientCertificates.Mode.REQUIRED || clients.mode() == ClientCertificates.Mode.OPTIONAL) {
            ofClients.add(clients.trust());
        }
    }

    private void collect(TlsClient tls) {
        tls.certificate().ifPresent(certificates::add);
        tls.trust().ifPresent(ofServers::add);
    }

    private void read() {
        certificates.forEach(files -> read(() -> {
            var pair = KeyPairFile.read(files);
            if (shown.contains(files) && !pair.staplingTrouble().isEmpty()) {
                problems.add(Problem.warning("files." + files.chainFile(), pair.staplingTrouble()));
            }
            return pair;
        }));
        ofClients.forEach(trust -> read(() -> CertificateCheck.of(trust, false)));
        ofServers.forEach(trust -> read(() -> CertificateCheck.of(trust, true)));
        ticketKeyFiles.forEach(file -> read(() -> TicketKeys.read(List.of(file))));
    }

    /** Reads a file. */
    @FunctionalInterface
    private interface Reader {
        Object read() throws TlsFileException;
    }

    private void read(Reader reader) {
        try {
            reader.read();
        } catch (TlsFileException wrong) {
            problems.add(Problem.error("files." + wrong.file(), wrong.what()).remedy(wrong.remedy()));
        }
    }
}
