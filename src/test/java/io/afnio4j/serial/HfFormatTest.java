package io.afnio4j.serial;

import static io.afnio4j.testing.Await.now;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.afnio4j.autodiff.Parameter;
import io.afnio4j.autodiff.Variable;
import io.afnio4j.error.BadFileException;
import io.afnio4j.testing.Contract;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TimeZone;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class HfFormatTest {

    private static final HfFormat FORMAT = HfFormat.standard();

    @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
    @Contract({"save", "load"})
    void whatIsWrittenIsReadBackTheSame(@ForAll("trees") Object tree) {
        assertThat(Trees.shown(read(write(tree)))).isEqualTo(Trees.shown(tree));
    }

    @Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
    void equalTreesGiveEqualFiles(@ForAll("trees") Object tree) {
        byte[] file = write(tree);

        assertThat(write(read(file))).isEqualTo(file);
    }

    /** Whoever could write a file can read it again, however narrow the limits are. */
    @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
    void whatLimitsLetWriteTheyLetRead(@ForAll("trees") Object tree, @ForAll("limits") ReadLimits limits) {
        HfFormat narrow = HfFormat.within(limits);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            now(narrow.save(tree, out));
        } catch (BadFileException beyond) {
            assertThat(beyond).hasMessageContaining("can't be written");
            return;
        }
        assertThat(Trees.shown(narrow.read(new ByteArrayInputStream(out.toByteArray()))))
                .isEqualTo(Trees.shown(tree));
    }

    @Provide
    Arbitrary<ReadLimits> limits() {
        return Combinators.combine(
                        Arbitraries.integers().between(400, 1_000),
                        Arbitraries.integers().between(60, 1_000),
                        Arbitraries.integers().between(1, 3),
                        Arbitraries.integers().between(1, 8),
                        Arbitraries.integers().between(11, 30),
                        Arbitraries.integers().between(5, 50))
                .as((packed, unpacked, ratio, depth, text, nodes) ->
                        new ReadLimits(2, packed, unpacked, ratio, depth, text, nodes));
    }

    /** Nothing but the whole file is taken for the file. */
    @Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
    void everyPartOfAFileIsRefused(@ForAll("trees") Object tree, @ForAll Random random) {
        byte[] file = write(tree);
        byte[] part = Arrays.copyOf(file, random.nextInt(file.length));

        assertThatExceptionOfType(BadFileException.class).isThrownBy(() -> read(part));
    }

    /** A damaged file is refused in words, or the damage lies where nobody looks; it never fails in another way. */
    @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
    void aDamagedFileIsRefusedOrReadTheSame(@ForAll("trees") Object tree, @ForAll Random random) {
        byte[] file = write(tree);
        for (int i = random.nextInt(3); i >= 0; i--) {
            file[random.nextInt(file.length)] = (byte) random.nextInt(256);
        }
        try {
            assertThat(Trees.shown(read(file))).isEqualTo(Trees.shown(tree));
        } catch (BadFileException refused) {
            assertThat(refused).hasMessageStartingWith("The stream ");
        }
    }

    @Provide
    Arbitrary<Object> trees() {
        return Trees.roots();
    }

    @Test
    void theTimeZoneLeavesNoTrace() {
        TimeZone before = TimeZone.getDefault();
        try {
            TimeZone.setDefault(TimeZone.getTimeZone("Asia/Tokyo"));
            byte[] inTokyo = write(List.of(1L));
            TimeZone.setDefault(TimeZone.getTimeZone("America/Lima"));
            assertThat(write(List.of(1L))).isEqualTo(inTokyo);
        } finally {
            TimeZone.setDefault(before);
        }
    }

    @Test
    @Contract("save")
    void aParameterStaysAParameterWithItsGradients() {
        Parameter prompt = new Parameter("Be brief.", "system prompt");
        prompt.grad(List.of(new Variable("Say what brief means.", "feedback to system prompt")));

        Map<?, ?> loaded = (Map<?, ?>) read(write(Map.of("prompt", prompt)));

        assertThat(loaded.get("prompt")).isInstanceOfSatisfying(Parameter.class, read -> {
            assertThat(read.data()).isEqualTo("Be brief.");
            assertThat(read.role()).isEqualTo("system prompt");
            assertThat(read.requiresGrad()).isTrue();
            assertThat(read.grad())
                    .singleElement()
                    .returns("Say what brief means.", Variable::data)
                    .returns("feedback to system prompt", Variable::role);
        });
    }

    @Test
    void whatAFunctionMadeComesBackAsALeaf() {
        Variable made = new Variable("a", "word", true).upper();
        assertThat(made.isLeaf()).isFalse();

        assertThat(read(write(made))).isInstanceOfSatisfying(Variable.class, leaf -> {
            assertThat(leaf.data()).isEqualTo("A");
            assertThat(leaf.requiresGrad()).isTrue();
            assertThat(leaf.isLeaf()).isTrue();
            assertThat(leaf.grad()).isEmpty();
        });
    }

    @Test
    void anIntComesBackAsALong() {
        assertThat(read(write(List.of(7)))).isEqualTo(List.of(7L));
    }

    @Test
    void aTextThatRepeatsItselfIsNotTakenForABomb() {
        String text = "brief ".repeat(500_000);

        assertThat(read(write(text))).isEqualTo(text);
    }

    @Test
    void readTreesCannotBeChanged() {
        List<?> loaded = (List<?>) read(write(List.of(Map.of("a", 1L))));

        assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(loaded::clear);
        assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(((Map<?, ?>) loaded.get(0))::clear);
    }

    @Test
    void refusesToWriteWhatItCannotStore() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> write(Map.of("run", List.of(1L, Instant.EPOCH))))
                .withMessage("A java.time.Instant can't be stored (at /run/1). A .hf file holds texts, whole and real "
                        + "numbers, booleans, null, variables, messages, and lists and maps of these.");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> write(Map.of(1L, "a")))
                .withMessageStartingWith("A map key that isn't a text can't be stored (at the root).");
    }

    @Test
    void refusesToWriteATreeThatHoldsItself() {
        List<Object> list = new ArrayList<>();
        list.add(list);

        assertThatExceptionOfType(BadFileException.class)
                .isThrownBy(() -> write(list))
                .withMessageContaining("more than 200 levels (does a list or map hold itself?)");
    }

    @Test
    void refusesToWriteWhatTheLimitsWouldNotLetItRead() {
        ReadLimits limits = ReadLimits.DEFAULTS;

        assertUnwritable(limits.withNodes(4 + 1), List.of(1L, 2L, 3L, 4L, 5L), "more than 5 values");
        assertUnwritable(limits.withTextLength(20), "x".repeat(21), "a text of 21 chars where 20 are allowed");
        assertUnwritable(limits.withTextLength(20), Map.of("x".repeat(21), 1L), "a text of 21 chars");
        assertUnwritable(limits.withUnpackedBytes(200), "x".repeat(200), "bytes where 200 are allowed");
        assertUnwritable(limits.withPackedBytes(100), "x", "bytes where 100 are allowed");
    }

    @Test
    void whatMeetsALimitExactlyCanBeWrittenAndRead() {
        assertFits(ReadLimits.DEFAULTS.withNodes(5), List.of(1L, 2L, 3L, 4L));
        assertFits(ReadLimits.DEFAULTS.withTextLength(20), Map.of("x".repeat(20), "x".repeat(20)));
        assertFits(ReadLimits.DEFAULTS.withPackedBytes(write("x").length), "x");
        assertFits(ReadLimits.DEFAULTS.withUnpackedBytes(unpackedSize(write("x"))), "x");
    }

    /** The deepest tree that can be written can be read: both count levels alike. */
    @Test
    void theLimitOfDepthIsTheSameForWritingAndReading() {
        HfFormat shallow = HfFormat.within(ReadLimits.DEFAULTS.withDepth(4));
        Variable variable = new Variable(List.of("a"), "r");
        variable.grad(List.of(new Variable("b", "r")));
        Object fits = List.of(variable);
        ByteArrayOutputStream out = new ByteArrayOutputStream();

        now(shallow.save(fits, out));

        assertThat(Trees.shown(shallow.read(new ByteArrayInputStream(out.toByteArray()))))
                .isEqualTo(Trees.shown(fits));
        assertUnwritable(ReadLimits.DEFAULTS.withDepth(4), List.of(fits), "more than 4 levels");
    }

    @Test
    void theDeepestTreeThatLimitsCanAllowFitsOntoTheStack() {
        HfFormat deep = HfFormat.within(ReadLimits.DEFAULTS.withDepth(ReadLimits.DEEPEST));
        Object tree = "leaf";
        for (int level = 0; level < ReadLimits.DEEPEST; level++) {
            tree = level % 2 == 0 ? Collections.singletonList(tree) : new LinkedHashMap<>(Map.of("k", tree));
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();

        now(deep.save(tree, out));

        assertThat(deep.read(new ByteArrayInputStream(out.toByteArray()))).isEqualTo(tree);
    }

    @Test
    @Contract({"save: streams", "load: streams"})
    void leavesStreamsOpenAndSaysWhenTheyFail() {
        OutputStream full = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("no space left");
            }
        };
        InputStream broken = new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("gone");
            }

            @Override
            public int read(byte[] bytes, int from, int length) throws IOException {
                throw new IOException("gone");
            }
        };

        assertThatExceptionOfType(BadFileException.class)
                .isThrownBy(() -> now(FORMAT.save("a", full)))
                .withMessage("The stream can't be written (no space left); check the disk.");
        assertThatExceptionOfType(BadFileException.class)
                .isThrownBy(() -> FORMAT.read(broken))
                .withMessage("The stream can't be read (gone); check the disk.");
    }

    @Test
    void refusesLimitsThatNothingCouldMeet() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ReadLimits.DEFAULTS.withDepth(251))
                .withMessage("The limit depth is 251, but it lies between 1 and 250.");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ReadLimits.DEFAULTS.withEntries(1))
                .withMessageStartingWith("The limit entries is 1, but it lies between 2 and ");
    }

    @Test
    void whatRepeatsItselfIsPackedWhereTheRatioAllowsIt() {
        String text = "x".repeat(100_000);

        assertThat(packed(text, 50)).hasSizeGreaterThan(100_000);
        assertThat(packed(text, 1_000)).hasSizeLessThan(2_000);
    }

    private static byte[] packed(Object tree, int ratio) {
        HfFormat format = HfFormat.within(ReadLimits.DEFAULTS.withRatio(ratio));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        now(format.save(tree, out));
        assertThat(format.read(new ByteArrayInputStream(out.toByteArray()))).isEqualTo(tree);
        return out.toByteArray();
    }

    private static void assertFits(ReadLimits limits, Object tree) {
        HfFormat narrow = HfFormat.within(limits);
        ByteArrayOutputStream out = new ByteArrayOutputStream();

        now(narrow.save(tree, out));

        assertThat(narrow.read(new ByteArrayInputStream(out.toByteArray()))).isEqualTo(tree);
    }

    private static void assertUnwritable(ReadLimits limits, Object tree, String problem) {
        assertThatExceptionOfType(BadFileException.class)
                .isThrownBy(() -> now(HfFormat.within(limits).save(tree, new ByteArrayOutputStream())))
                .withMessageStartingWith("The stream can't be written: ")
                .withMessageContaining(problem)
                .withMessageEndingWith("; store less, or write and read it with larger ReadLimits.");
    }

    private static int unpackedSize(byte[] file) {
        return new Archive(ReadLimits.DEFAULTS, Place.STREAM)
                .unpack(file).values().stream().mapToInt(entry -> entry.length).sum();
    }

    private static byte[] write(Object tree) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        now(FORMAT.save(tree, out));
        return out.toByteArray();
    }

    private static Object read(byte[] file) {
        return FORMAT.read(new ByteArrayInputStream(file));
    }
}
