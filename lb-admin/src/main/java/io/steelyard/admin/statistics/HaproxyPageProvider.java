package io.steelyard.admin.statistics;

import io.steelyard.api.http.StatusPage;
import io.steelyard.api.http.StatusPageProvider;
import io.steelyard.api.plugin.OptionSpec;
import io.steelyard.api.plugin.Options;
import java.util.List;

/** {@code haproxy.statistics}: the statistics page of HAProxy ({@code stats uri}), to be read only. */
public final class HaproxyPageProvider implements StatusPageProvider {
    /** The plug-in's name. */
    public static final String NAME = "haproxy.statistics";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String description() {
        return "proxies and servers with their counters, as HAProxy shows them: a page, and CSV with ';csv' behind the path";
    }

    @Override
    public List<OptionSpec> options() {
        return List.of(
                OptionSpec.text("uri", "", "what the page's address begins with; what follows it says what is wanted"),
                OptionSpec.duration("refresh", "0s", "how often browsers load it again; 0s for never"),
                OptionSpec.flag("hide-version", "whether the version is left out"),
                OptionSpec.flag("show-legends", "whether addresses and algorithms are shown too"),
                OptionSpec.text("node", "", "the machine's name, to be shown"),
                OptionSpec.text("description", "", "a text to be shown"),
                OptionSpec.text("scope", "", "names of proxies to be shown, parted by spaces; empty for all"));
    }

    @Override
    public StatusPage make(Options options) {
        return new HaproxyPage(options);
    }
}
