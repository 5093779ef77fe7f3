package io.steelyard.api.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.tuple;

import io.steelyard.api.text.PatternFile.Entry;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class PatternFileTest {
    private static PatternFile map(String name, String... lines) throws IOException {
        return PatternFile.of(name, true, file -> List.of(lines));
    }

    @Test
    void linesAreAPatternAndAValueAndCommentsCountForNothing() throws IOException {
        assertThat(map("PatternFileTest.lines", "# a", "", "  a   one two ", "b")
                        .entries())
                .extracting(Entry::key, Entry::value)
                .containsExactly(tuple("a", "one two"), tuple("b", ""));
        assertThat(PatternFile.of("PatternFileTest.lines", false, file -> List.of("a b"))
                        .entries())
                .extracting(Entry::key)
                .containsExactly("a b");
    }

    @Test
    void aFileIsSharedAndChangesLastUntilConfigurationsAreReadAgain() throws IOException {
        var file = map("PatternFileTest.shared", "a 1", "a 2");
        var before = file.entries();
        file.add("b", "3");
        assertThat(file.set(entry -> entry.key().equals("a"), "4")).isTrue();
        assertThat(file.set(entry -> entry.key().equals("z"), "4")).isFalse();
        assertThat(map("PatternFileTest.shared", "other")).isSameAs(file);
        assertThat(file.entries()).extracting(Entry::value).containsExactly("4", "4", "3");
        assertThat(before).extracting(Entry::value).containsExactly("1", "2");
        assertThat(file.delete(entry -> entry.id() == before.getFirst().id())).isTrue();
        assertThat(file.entries()).hasSize(2);
        file.clear();
        assertThat(file.entries()).isEmpty();
        PatternFile.rereadAll();
        assertThat(map("PatternFileTest.shared", "c 5").entries())
                .extracting(Entry::key)
                .containsExactly("c");
        assertThat(PatternFile.all(true)).contains(file);
        assertThat(PatternFile.all(false)).doesNotContain(file);
    }

    @Test
    void aFileThatCannotBeReadIsToldEachTime() {
        for (int i = 0; i < 2; i++) {
            assertThatIOException()
                    .isThrownBy(() -> PatternFile.of("PatternFileTest.gone", true, file -> {
                        throw new IOException("gone");
                    }));
        }
    }
}
