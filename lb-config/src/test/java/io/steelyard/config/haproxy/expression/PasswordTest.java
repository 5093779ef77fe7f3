package io.steelyard.config.haproxy.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PasswordTest {
    /** Made by {@code openssl passwd} of "secret". */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "$1$saltsalt$9xy1btjgzLYfb7hivXtC//",
                "$5$saltsalt$0IyaXrmV7.sGNS6tirgqHLqX/G.FBvgkYA.lpPdS5sA",
                "$6$saltsalt$TVLlQcbpFVof5W3Yz4DTP6gRstiNuHwwTt6GLc1E5n0U0aDehy0S5knV8wiOQSpT0Y77vwPZN.Pq.H91p5hVO1"
            })
    void hashedPasswordIsKnownByItsHash(String hash) {
        var password = new Password.Hashed(hash);
        assertThat(password.is("secret")).isTrue();
        assertThat(password.is("Secret")).isFalse();
        assertThat(password.is(hash)).isFalse();
        assertThat(password.is("")).isFalse();
    }

    @Test
    void unknownWaysAreRefused() {
        assertThatThrownBy(() -> new Password.Hashed("$y$j9T$abc")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Password.Hashed("")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void passwordsAreNotShown() {
        assertThat(new Password.Clear("secret")).asString().doesNotContain("secret");
        assertThat(new Password.Hashed("$1$saltsalt$9xy1btjgzLYfb7hivXtC//"))
                .asString()
                .doesNotContain("salt");
    }
}
