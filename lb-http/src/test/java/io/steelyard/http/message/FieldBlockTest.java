package io.steelyard.http.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.steelyard.http.octet.Octets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FieldBlockTest {
    private static final FieldName CUSTOM = FieldName.of("X-Custom");

    private final FieldBlock fields = new FieldBlock();

    @Test
    void fieldsAreFoundInAnyCaseAndKeepOrderAndSpelling() {
        add("hOsT", "a");
        add("x-cUSTOM", "1");
        add("X-Other", "2");
        add("X-Custom", "3");
        assertThat(fields.find(FieldName.HOST)).isZero();
        assertThat(fields.find(CUSTOM)).isEqualTo(1);
        assertThat(fields.findNext(CUSTOM, 1)).isEqualTo(3);
        assertThat(fields.findNext(CUSTOM, 3)).isEqualTo(-1);
        assertThat(fields.find(FieldName.COOKIE)).isEqualTo(-1);
        assertThat(fields.find(FieldName.of("x-absent"))).isEqualTo(-1);
        assertThat(fields.countOf(CUSTOM)).isEqualTo(2);
        assertThat(fields.name(0)).isEqualTo("hOsT");
        assertThat(fields.toString()).isEqualTo("hOsT: a\nx-cUSTOM: 1\nX-Other: 2\nX-Custom: 3\n");
    }

    @Test
    void everyKnownNameIsRecognisedInAnyCaseAndNothingElse() throws IllegalAccessException {
        for (var name : knownNames()) {
            for (var spelling : List.of(
                    name.toString(),
                    name.toString().toLowerCase(Locale.ROOT),
                    name.toString().toUpperCase(Locale.ROOT))) {
                assertThat(FieldName.of(spelling)).isSameAs(name);
            }
            var spelled = Octets.bytes(name.toString());
            for (int i = 0; i < spelled.length; i++) {
                for (int octet = 0; octet < 256; octet++) {
                    var other = spelled.clone();
                    other[i] = (byte) octet;
                    var block = new FieldBlock();
                    block.add(other, 0, other.length, other, 0, 0);
                    boolean same = Octets.lower(octet) == Octets.lower(spelled[i]);
                    assertThat(block.nameId(0) == name.id())
                            .as(name + " with " + octet + " at " + i)
                            .isEqualTo(same);
                }
            }
        }
    }

    private static List<FieldName> knownNames() throws IllegalAccessException {
        var names = new ArrayList<FieldName>();
        for (var field : FieldName.class.getFields()) {
            if (field.getType() == FieldName.class) {
                names.add((FieldName) field.get(null));
            }
        }
        assertThat(names).hasSizeGreaterThan(60).doesNotHaveDuplicates();
        assertThat(names.stream().mapToInt(FieldName::id)).doesNotHaveDuplicates();
        return names;
    }

    @Test
    void setLeavesOneFieldAtTheFirstPlace() {
        add("A", "1");
        add("X-Custom", "2");
        add("B", "3");
        add("x-custom", "4");
        fields.set(CUSTOM, "new");
        fields.set(FieldName.VIA, "added");
        assertThat(fields.toString()).isEqualTo("A: 1\nX-Custom: new\nB: 3\nVia: added\n");
    }

    @Test
    void removingForgetsAllOfAName() {
        add("Via", "1");
        add("Host", "a");
        add("via", "2");
        assertThat(fields.remove(FieldName.VIA)).isEqualTo(2);
        assertThat(fields.remove(FieldName.VIA)).isZero();
        assertThat(fields.contains(FieldName.VIA)).isFalse();
        assertThat(fields.contains(FieldName.HOST)).isTrue();
        assertThat(fields.toString()).isEqualTo("Host: a\n");
    }

    @Test
    void agreesWithAListUnderRandomChanges() {
        var random = new Random(3);
        var names = List.of(FieldName.HOST, FieldName.COOKIE, CUSTOM, FieldName.of("Y"), FieldName.SET_COOKIE);
        var model = new ArrayList<String[]>();
        for (int step = 0; step < 20_000; step++) {
            var name = names.get(random.nextInt(names.size()));
            var value = "v" + random.nextInt(50);
            switch (random.nextInt(6)) {
                case 0, 1, 2 -> {
                    fields.add(name, value);
                    model.add(new String[] {name.toString(), value});
                }
                case 3 -> {
                    fields.remove(name);
                    model.removeIf(entry -> entry[0].equals(name.toString()));
                }
                case 4 -> {
                    fields.set(name, value);
                    set(model, name.toString(), value);
                }
                default -> {
                    if (fields.count() > 0) {
                        int index = random.nextInt(fields.count());
                        fields.removeAt(index);
                        model.remove(index);
                    }
                }
            }
            assertThat(fields.count()).isEqualTo(model.size());
            assertThat(fields.contains(name))
                    .isEqualTo(model.stream().anyMatch(entry -> entry[0].equals(name.toString())));
            if (fields.usedBytes() > 10_000) {
                assertThat(fields.toString()).isEqualTo(text(model));
                fields.clear();
                model.clear();
            }
        }
    }

    private static void set(List<String[]> model, String name, String value) {
        boolean first = true;
        for (var entries = model.iterator(); entries.hasNext(); ) {
            var entry = entries.next();
            if (entry[0].equals(name)) {
                if (first) {
                    entry[1] = value;
                    first = false;
                } else {
                    entries.remove();
                }
            }
        }
        if (first) {
            model.add(new String[] {name, value});
        }
    }

    private static String text(List<String[]> model) {
        var text = new StringBuilder();
        model.forEach(
                entry -> text.append(entry[0]).append(": ").append(entry[1]).append('\n'));
        return text.toString();
    }

    @Test
    void listElementsAreWalkedOverAllFields() {
        add("Connection", " a , ,b,");
        add("Host", "x");
        add("connection", "\"c,d\" , \"e\\\",f\";q=\"g");
        var cursor = new TokenCursor();
        var elements = new ArrayList<String>();
        for (cursor.start(fields, FieldName.CONNECTION); cursor.next(); ) {
            elements.add(cursor.text());
        }
        assertThat(elements).containsExactly("a", "b", "\"c,d\"", "\"e\\\",f\";q=\"g");
        cursor.start(fields, FieldName.UPGRADE);
        assertThat(cursor.next()).isFalse();
    }

    @Test
    void blockGrowsToItsLimitAndNoFurther() {
        var small = new FieldBlock(16, 64);
        assertThat(small.hasRoom(64)).isTrue();
        small.add(CUSTOM, "x".repeat(56));
        assertThat(small.hasRoom(1)).isFalse();
        assertThatIllegalStateException().isThrownBy(() -> small.append('x')).withMessageContaining("64");
        small.clear();
        small.trim(16);
        assertThat(small.bytes().length).isEqualTo(16 + Octets.PADDING);
        assertThatIllegalArgumentException().isThrownBy(() -> new FieldBlock(10, 9));
    }

    @Test
    void indexesOfNoFieldAreRefused() {
        add("A", "1");
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> fields.value(1));
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> fields.removeAt(1));
    }

    @Test
    void textThatIsNoTokenIsNoName() {
        for (var text : List.of("", "a b", "a:", "\u00e9", "a\n")) {
            assertThatIllegalArgumentException().isThrownBy(() -> FieldName.of(text));
        }
    }

    private void add(String name, String value) {
        fields.add(Octets.bytes(name), 0, name.length(), Octets.bytes(value), 0, value.length());
    }
}
