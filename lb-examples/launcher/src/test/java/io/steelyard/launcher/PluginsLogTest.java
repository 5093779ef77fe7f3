package io.steelyard.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.steelyard.api.plugin.Options;
import io.steelyard.api.plugin.Plugin;
import io.steelyard.api.plugin.Plugins;
import io.steelyard.api.schedule.Picker;
import io.steelyard.api.schedule.Scheduler;
import io.steelyard.api.schedule.SchedulerProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What {@link Plugins} logs, as the launcher's log shows it. */
class PluginsLogTest {
    private final Logger logger = (Logger) LoggerFactory.getLogger(Plugins.class);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

    private static class Ordinary implements SchedulerProvider {
        @Override
        public String name() {
            return "contested";
        }

        @Override
        public String description() {
            return "";
        }

        @Override
        public Scheduler create(Options options) {
            return (servers, previous) -> flow -> Picker.NONE;
        }
    }

    private static final class Preferred extends Ordinary {
        @Override
        public int priority() {
            return super.priority() + 1;
        }
    }

    private static final class Broken extends Ordinary {
        @Override
        public String name() {
            throw new IllegalStateException("no name today");
        }
    }

    @BeforeEach
    void listen() {
        lines.start();
        logger.addAppender(lines);
    }

    @AfterEach
    void stop() {
        logger.detachAppender(lines);
    }

    private static Plugins plugins(Plugin... providers) {
        var builder = Plugins.builder();
        for (var provider : providers) {
            builder.register(provider);
        }
        return builder.build();
    }

    @Test
    void aContestedNameIsLoggedOnceHoweverOftenProvidersAreCollected() {
        for (int i = 0; i < 3; i++) {
            assertThat(plugins(new Ordinary(), new Preferred()).scheduler("contested"))
                    .get()
                    .isExactlyInstanceOf(Preferred.class);
        }
        assertThat(lines.list)
                .singleElement()
                .extracting(ILoggingEvent::getFormattedMessage)
                .asString()
                .contains("two providers are named 'contested'", Preferred.class.getName(), Ordinary.class.getName());
    }

    @Test
    void aBrokenProviderIsLoggedOnce() {
        for (int i = 0; i < 3; i++) {
            assertThat(plugins(new Broken()).schedulers()).isEmpty();
        }
        assertThat(lines.list)
                .singleElement()
                .extracting(ILoggingEvent::getFormattedMessage)
                .asString()
                .contains(Broken.class.getName(), "no name today");
    }
}
