package io.afnio4j.serial;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.afnio4j.error.BadFileException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files as a stranger may send them: each is refused in one sentence. */
class HostileFileTest {

    private static final String MANIFEST = manifest("1.0", "map");

    @Nested
    class TheFrame {

        @Test
        void nothing() {
            assertRefused(new byte[0], "is empty; restore a copy that is whole.");
        }

        @Test
        void somethingElse() {
            assertRefused(bytes("{\"format\":\"afnio4j\"}"), "isn't a .hf file: it doesn't begin like a zip archive");
            assertRefused(bytes("PK"), "isn't a .hf file: it doesn't begin like a zip archive");
        }

        @Test
        void somethingAddedInFrontOrBehind() throws IOException {
            byte[] file = file("{}");

            assertRefused(join(bytes("#!"), file), "isn't a .hf file");
            assertRefused(join(file, bytes("!")), "is cut short, or something was added behind its end");
            assertRefused(join(file, file), "is cut short, or something was added behind its end");
        }

        @Test
        void aChangedByte() throws IOException {
            byte[] file = file("{\"a\":\"" + "x".repeat(100) + "\"}");
            file[file.length / 4]++;

            assertRefused(file, "is damaged; restore a copy that is whole.");
        }

        @Test
        void encryption() throws IOException {
            byte[] file = file("{}");
            file[6] |= 1; // the flag in the first local header

            assertRefused(file, "is encrypted; decrypt it first");
        }

        @Test
        void aDirectoryThatListsAnotherNumberOfEntries() throws IOException {
            byte[] file = file("{}");
            file[file.length - 12] = 7;

            assertRefused(file, "is damaged: its directory lists 7 entries, but 2 are there");
        }

        @Test
        void twoEntriesOfOneName() throws IOException {
            byte[] file = zip("data.json", "{}", "data.jsom", "[]", "manifest.json", MANIFEST);
            byte[] twice = new String(file, ISO_8859_1)
                    .replace("data.jsom", "data.json")
                    .getBytes(ISO_8859_1);

            assertRefused(twice, "has two entries named 'data.json'");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "../data.json",
                    "a/../data.json",
                    "..",
                    ".",
                    "a/./b",
                    "/data.json",
                    "C:data.json",
                    "C:\\data.json",
                    "a\\data.json",
                    "a//b",
                    "folder/",
                    "a b",
                    "a\nb",
                    "a\u202eb"
                })
        void aNameThatIsNotPlain(String name) throws IOException {
            assertRefused(
                    zip("manifest.json", MANIFEST, "data.json", "{}", name, ""),
                    "', but a .hf file has plain relative names only");
        }

        @Test
        void aNameWithoutEnd() throws IOException {
            assertRefused(zip("a/".repeat(30_000) + "a", ""), "has an entry named '" + "a/".repeat(40) + "...'");
            assertRefused(zip("a/".repeat(40), ""), "has an entry named '" + "a/".repeat(40) + "', but");
        }
    }

    @Nested
    class TheSize {

        private final ReadLimits limits = ReadLimits.DEFAULTS;

        @Test
        void tooManyEntries() throws IOException {
            byte[] file = zip("manifest.json", MANIFEST, "data.json", "{}", "more.json", "{}");

            assertRefused(limits.withEntries(2), file, "has more than 2 entries");
        }

        @Test
        void tooManyBytes() throws IOException {
            byte[] file = file("{}");

            assertRefused(
                    limits.withPackedBytes(file.length - 1), file, "has more than " + (file.length - 1) + " bytes");
            assertThat(HfFormat.within(limits.withPackedBytes(file.length)).read(new ByteArrayInputStream(file)))
                    .isEqualTo(Map.of());
        }

        @Test
        void tooManyBytesUnpacked() throws IOException {
            assertRefused(
                    limits.withUnpackedBytes(100), file("\"" + "x".repeat(100) + "\""), "unpacks to more than 100");
        }

        @Test
        void aBomb() throws IOException {
            byte[] bomb = file("\"" + "x".repeat(10_000_000) + "\"");

            assertThat(bomb).hasSizeLessThan(15_000);
            assertRefused(
                    bomb, "unpacks to more than " + 200 * bomb.length + " bytes, too many for a file of its size");
        }

        @Test
        void aBombInAnEntryThatNobodyNeeds() throws IOException {
            byte[] bomb = zip("manifest.json", MANIFEST, "data.json", "{}", "extra", "x".repeat(10_000_000));

            assertRefused(bomb, "unpacks to more than ");
        }

        @Test
        void tooDeep() throws IOException {
            assertRefused(limits.withDepth(3), file("[[[[]]]]", "list"), "has more than 3 levels in its data.json");
            assertRefused(file("[".repeat(2_000), "list"), "has more than 200 levels in its data.json");
            assertRefused(file("{\"a\":".repeat(2_000)), "has more than 200 levels in its data.json");
        }

        @Test
        void tooManyValues() throws IOException {
            assertRefused(limits.withNodes(5), file("[1,2,3,4,5]", "list"), "has more than 5 values in its data.json");
        }

        @Test
        void tooLongATextOrKey() throws IOException {
            String text = "\"" + "x".repeat(50) + "\"";

            assertRefused(limits.withTextLength(49), file(text, "text"), "holds a text of more than 49 chars");
            assertRefused(limits.withTextLength(49), file("{" + text + ":1}"), "holds a text of more than 49 chars");
        }

        @Test
        void aNumberOfManyDigits() throws IOException {
            assertRefused(file("[" + "9".repeat(2_000) + "]", "list"), "or a number too long to be one");
        }
    }

    @Nested
    class TheManifest {

        @Test
        void isMissing() throws IOException {
            assertRefused(zip("data.json", "{}"), "isn't a .hf file of afnio4j: it has no manifest.json");
        }

        @Test
        void isNoManifest() throws IOException {
            assertRefused(zip("manifest.json", "[]", "data.json", "{}"), "its manifest names another format");
            assertRefused(zip("manifest.json", "", "data.json", "{}"), "holds an empty manifest.json");
            assertRefused(zip("manifest.json", "{", "data.json", "{}"), "holds a manifest.json that isn't valid JSON");
        }

        @Test
        void namesAnotherFormat() throws IOException {
            assertRefused(
                    zip("manifest.json", MANIFEST.replace("afnio4j", "torch"), "data.json", "{}"),
                    "isn't a .hf file of afnio4j: its manifest names another format");
        }

        @ParameterizedTest
        @CsvSource({"2.0, update afnio4j", "10.3, update afnio4j", "0.9, read it with the afnio4j that wrote it"})
        void namesAnotherMajorVersion(String version, String remedy) throws IOException {
            assertRefused(
                    zip("manifest.json", manifest(version, "map"), "data.json", "{}"),
                    "is of format version " + version + ", but this afnio4j reads 1.x; " + remedy + ".");
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "1", "1.", "one", "-1.0", "1.0.0", "99999999999999999999.0", "\u0661.0"})
        void namesNoVersion(String version) throws IOException {
            assertRefused(
                    zip("manifest.json", manifest(version, "map"), "data.json", "{}"),
                    "has no proper version in its manifest");
        }

        @Test
        void namesAnUnknownType() throws IOException {
            assertRefused(file("{}", "module"), "holds something of a type that this afnio4j doesn't know");
            assertRefused(file("{}", "null"), "holds something of a type that this afnio4j doesn't know");
        }

        @Test
        void namesAnotherTypeThanTheData() throws IOException {
            assertRefused(file("[]", "map"), "its manifest says that it holds a map, but something else is in it");
            assertRefused(file("null", "map"), "its manifest says that it holds a map, but something else is in it");
        }
    }

    @Nested
    class TheData {

        @Test
        void isMissing() throws IOException {
            assertRefused(zip("manifest.json", MANIFEST), "it has no data.json");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "{", "{\"a\"}", "[1,]", "[01]", "[NaN]", "nul", "\"a", "\"\t\"", "{a:1}", "['a']", "[1 2]", "}",
                    "[}"
                })
        void isNoJson(String json) throws IOException {
            assertRefused(file(json), "holds a data.json that isn't valid JSON; restore a copy that is whole.");
        }

        @Test
        void isNoUtf8() throws IOException {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            try (ZipOutputStream zip = new ZipOutputStream(out)) {
                put(zip, "manifest.json", bytes(MANIFEST));
                put(zip, "data.json", new byte[] {'"', (byte) 0xc3, (byte) 0x28, '"'});
            }
            assertRefused(out.toByteArray(), "holds a data.json that isn't valid JSON");
        }

        @Test
        void hasMoreThanOneValue() throws IOException {
            assertRefused(file("{}{}"), "has something behind the end of its data.json");
        }

        @Test
        void hasOneKeyTwice() throws IOException {
            assertRefused(file("{\"a\":{\"b\":1,\"b\":2}}"), "holds the same key twice (data.json, at /a/b)");
            assertRefused(file("{\"b\":1,\"\\u0062\":2}"), "holds the same key twice (data.json, at /b)");
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = ';',
                value = {
                    "[9223372036854775808]; a whole number beyond 64 bits (data.json, at /0)",
                    "[1,1e999]; a real number beyond the range of a double (data.json, at /1)",
                    "[{\"$type\":\"real\",\"value\":\"1\"}]; a special number that is neither NaN nor an infinity",
                    "[{\"$type\":\"module\"}]; a value of the unknown type 'module' (data.json, at /0)",
                    "[{\"$type\":null}]; a value of the unknown type 'null'",
                    "[{\"$type\":\"map\"}]; a value of the unknown type 'map'",
                    "[{\"$ref\":1}]; the unknown mark '$ref' (data.json, at /0)",
                    "[{\"$\":1}]; the unknown mark '$' (data.json, at /0)",
                })
        void holdsAValueThatIsNone(String json, String problem) throws IOException {
            assertRefused(file(json, "list"), "holds " + problem);
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = ';',
                value = {
                    "'\"role\":1,\"requiresGrad\":true,\"data\":\"a\"'; without a proper role",
                    "'\"role\":\"r\",\"requiresGrad\":\"yes\",\"data\":\"a\"'; without a proper role",
                    "'\"role\":\"r\",\"requiresGrad\":true'; without a proper role",
                    "'\"role\":\"r\",\"requiresGrad\":true,\"data\":true'; whose data are neither texts nor numbers",
                    "'\"role\":\"r\",\"requiresGrad\":true,\"data\":{}'; whose data are neither texts nor numbers",
                    "'\"role\":\"r\",\"requiresGrad\":true,\"data\":[1,\"a\"]'; whose data are neither texts nor numbers",
                    "'\"role\":\"r\",\"requiresGrad\":true,\"data\":[[1]]'; whose data are neither texts nor numbers",
                    "'\"role\":\"r\",\"requiresGrad\":true,\"data\":1,\"grad\":[1]'; gradients that aren't a list",
                    "'\"role\":\"r\",\"requiresGrad\":true,\"data\":1,\"grad\":null'; gradients that aren't a list",
                })
        void holdsAVariableThatIsNone(String fields, String problem) throws IOException {
            for (String type : List.of("variable", "parameter")) {
                assertRefused(file("{\"v\":{\"$type\":\"" + type + "\"," + fields + "}}"), problem);
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "'\"role\":\"user\"'; a message without a proper role or parts",
                "'\"parts\":[{\"$type\":\"variable\",\"role\":\"\",\"requiresGrad\":true,\"data\":1}]'; a message without",
                "'\"role\":\"user\",\"parts\":[\"hello\"]'; a message without a proper role or parts",
                "'\"role\":\"user\",\"parts\":[]'; a message of an unknown role, or without parts",
                "'\"role\":\"root\",\"parts\":[{\"$type\":\"variable\",\"role\":\"\",\"requiresGrad\":true,\"data\":1}]'; of an unknown role",
            })
    void aMessageThatIsNone(String fields, String problem) throws IOException {
        assertRefused(file("[{\"$type\":\"message\"," + fields + "}]", "list"), problem);
    }

    @Test
    void ignoresWhatANewerWriterOfTheSameMajorVersionAdded() throws IOException {
        byte[] newer = zip(
                "history/run-1.json", "not even JSON",
                "data.json",
                        "{\"v\":{\"$type\":\"variable\",\"lineage\":{\"$$x\":[1]},\"role\":\"r\",\"requiresGrad\":false,\"data\":1}}",
                "manifest.json",
                        "{\"signature\":\"abc\"," + manifest("1.7", "map").substring(1));

        assertThat(HfFormat.standard().read(new ByteArrayInputStream(newer)))
                .extracting(Trees::shown)
                .isEqualTo(List.of(new Trees.Pair("v", new Trees.Shown(false, 1L, "r", false, List.of()))));
    }

    @Test
    void saysNothingOfWhatTheTextsAre() throws IOException {
        byte[] file = file("{\"prompt\":\"a secret prompt\",\"x\":");

        assertThatExceptionOfType(BadFileException.class)
                .isThrownBy(() -> HfFormat.standard().read(new ByteArrayInputStream(file)))
                .satisfies(error -> assertThat(error.getMessage()).doesNotContain("secret"));
    }

    private static void assertRefused(byte[] file, String problem) {
        assertRefused(ReadLimits.DEFAULTS, file, problem);
    }

    private static void assertRefused(ReadLimits limits, byte[] file, String problem) {
        assertThatExceptionOfType(BadFileException.class)
                .isThrownBy(() -> HfFormat.within(limits).read(new ByteArrayInputStream(file)))
                .withMessageStartingWith("The stream ")
                .withMessageContaining(problem)
                .withMessageEndingWith(".");
    }

    private static byte[] file(String data) throws IOException {
        return file(data, "map");
    }

    private static byte[] file(String data, String type) throws IOException {
        return zip("manifest.json", manifest("1.0", type), "data.json", data);
    }

    private static String manifest(String version, String type) {
        return "{\"format\":\"afnio4j\",\"version\":\"" + version + "\",\"type\":\"" + type + "\",\"writer\":\"test\"}";
    }

    private static byte[] zip(String... namesAndContents) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(out)) {
            for (int i = 0; i < namesAndContents.length; i += 2) {
                put(zip, namesAndContents[i], bytes(namesAndContents[i + 1]));
            }
        }
        return out.toByteArray();
    }

    private static void put(ZipOutputStream zip, String name, byte[] content) throws IOException {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(content);
        zip.closeEntry();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private static byte[] join(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }
}
