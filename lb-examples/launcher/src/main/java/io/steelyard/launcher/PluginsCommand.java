package io.steelyard.launcher;

import io.steelyard.api.config.ConfigurationReader;
import io.steelyard.api.health.HealthCheckProvider;
import io.steelyard.api.http.ExpressionLanguage;
import io.steelyard.api.http.StatusPageProvider;
import io.steelyard.api.plugin.OptionSpec;
import io.steelyard.api.plugin.Plugin;
import io.steelyard.api.plugin.Plugins;
import io.steelyard.api.proxy.ForwarderProvider;
import io.steelyard.api.schedule.SchedulerProvider;
import java.lang.module.FindException;
import java.lang.module.ModuleFinder;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Lists every provider found. */
@Command(
        name = "plugins",
        description = "Lists every plug-in found: its kind, name, module and what it does.",
        mixinStandardHelpOptions = true)
final class PluginsCommand implements Callable<Integer> {
    @Option(names = "--options", description = "List each one's options too.")
    private boolean showsOptions;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec command;

    private record Row(String kind, String name, String module, String description, List<OptionSpec> options) {}

    @Override
    public Integer call() {
        var rows = Plugins.installed().all().map(PluginsCommand::row).toList();
        int kindWidth = width(rows.stream().map(Row::kind).toList());
        int nameWidth = width(rows.stream().map(Row::name).toList());
        int moduleWidth = width(rows.stream().map(Row::module).toList());
        var out = command.commandLine().getOut();
        for (var row : rows) {
            out.println(pad(row.kind(), kindWidth)
                    + pad(row.name(), nameWidth)
                    + pad(row.module(), moduleWidth)
                    + row.description());
            for (var option : showsOptions ? row.options() : List.<OptionSpec>of()) {
                out.println("    " + option.name() + "="
                        + (option.choices().isEmpty()
                                ? option.type().toString().toLowerCase(java.util.Locale.ROOT)
                                : String.join("|", option.choices()))
                        + (option.defaultText().isEmpty() ? "" : " (" + option.defaultText() + ")")
                        + "  " + option.description());
            }
        }
        out.flush();
        return 0;
    }

    private static Row row(Plugin plugin) {
        return switch (plugin) {
            case SchedulerProvider scheduler -> row("scheduler", plugin, scheduler.options());
            case HealthCheckProvider check -> row("health-check", plugin, check.options());
            case ForwarderProvider forwarder -> row("forwarder", plugin, List.of());
            case ConfigurationReader reader -> row("reader", plugin, List.of());
            case ExpressionLanguage language -> row("language", plugin, List.of());
            case StatusPageProvider page -> row("status-page", plugin, page.options());
            default -> row("plugin", plugin, List.of());
        };
    }

    private static Row row(String kind, Plugin plugin, List<OptionSpec> options) {
        return new Row(kind, plugin.name(), module(plugin.getClass()), plugin.description(), options);
    }

    /** The Java module of the class; on the class path that is the one its jar describes, or the jar's name. */
    private static String module(Class<?> type) {
        if (type.getModule().isNamed()) {
            return type.getModule().getName();
        }
        var source = type.getProtectionDomain().getCodeSource();
        if (source == null) {
            return "-";
        }
        try {
            var path = Path.of(source.getLocation().toURI());
            if (Files.isRegularFile(path)) {
                var found = ModuleFinder.of(path).findAll().iterator();
                return found.hasNext() ? found.next().descriptor().name() : String.valueOf(path.getFileName());
            }
            return path.toString();
        } catch (URISyntaxException | FindException | IllegalArgumentException unknown) {
            return source.getLocation().toString();
        }
    }

    private static int width(List<String> texts) {
        return texts.stream().mapToInt(String::length).max().orElse(0) + 2;
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(width - text.length());
    }
}
