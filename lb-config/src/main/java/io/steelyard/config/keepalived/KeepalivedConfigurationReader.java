package io.steelyard.config.keepalived;

import io.steelyard.api.Problem;
import io.steelyard.api.config.ConfigurationReader;
import io.steelyard.api.config.ConfigurationSource;
import io.steelyard.api.config.ReadResult;
import io.steelyard.config.keepalived.grammar.Document;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Reads keepalived.conf: virtual routers, sync groups and trackers into the model, with keepalived's defaults. Every keyword is honoured, accepted
 * with a notice or a warning that names it, or refused; {@code virtual_server} is parsed and named in a warning.
 */
public final class KeepalivedConfigurationReader implements ConfigurationReader {
    private static final int MOST_DETECTED_CHARACTERS = 1 << 18;
    private static final Pattern BLOCK = Pattern.compile(
            "^[\\s\\u00A0\\uFEFF]*(global_defs|vrrp_instance|vrrp_sync_group|vrrp_script|vrrp_track_process|vrrp_track_file"
                    + "|bfd_instance|static_ipaddress|virtual_server|virtual_server_group)\\b[^;:]*$",
            Pattern.MULTILINE);

    /** The reader; it keeps no state. */
    public KeepalivedConfigurationReader() {}

    @Override
    public String name() {
        return "keepalived";
    }

    @Override
    public String description() {
        return "keepalived.conf: virtual routers (VRRP)";
    }

    @Override
    public int recognizes(ConfigurationSource source) {
        var text = source.text();
        var beginning = text.substring(0, Math.min(text.length(), MOST_DETECTED_CHARACTERS));
        return BLOCK.matcher(beginning).find() ? 95 : 0;
    }

    @Override
    public ReadResult read(ConfigurationSource source) {
        var document = Document.parse(source, machine());
        var findings = new Findings();
        document.problems().forEach(findings::add);
        var configuration = new KeepalivedTranslator(findings).translate(document);
        if (findings.isSound()) {
            var result = new ReadResult(Optional.empty(), List.of(), findings.positions());
            configuration.problems().forEach(problem -> findings.add(result.locate(problem)));
        }
        return new ReadResult(
                findings.isSound() ? Optional.of(configuration) : Optional.empty(),
                inFileOrder(findings.problems()),
                findings.positions());
    }

    /** keepalived's config-id: this machine's name up to its first dot. */
    private static String machine() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname"))
                    .strip()
                    .split("\\.", 2)[0];
        } catch (IOException unreadable) {
            return "localhost";
        }
    }

    private static List<Problem> inFileOrder(List<Problem> problems) {
        var sorted = new ArrayList<>(problems);
        sorted.sort(Comparator.comparingLong(problem -> problem.position()
                .map(position -> ((long) position.line() << 27) + position.column())
                .orElse(Long.MAX_VALUE)));
        return sorted;
    }
}
