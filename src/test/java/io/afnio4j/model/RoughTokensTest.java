package io.afnio4j.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.testing.Vocabulary;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The estimate against what OpenAI's vocabularies make of the same texts. */
class RoughTokensTest {

    private static final String LETTERS = "abcdefghijklmnopqrstuvwxyz";
    private static final String NOTHING = "3333 " + "0".repeat(64);
    private static final byte[] BYTES = bytes();

    private static byte[] bytes() {
        byte[] bytes = new byte[3_000];
        new Random(1).nextBytes(bytes);
        return bytes;
    }

    private static double ratio(String text) {
        return (double) RoughTokens.of(text) / Vocabulary.tokens(text);
    }

    private static String any(String characters, int count) {
        int[] choice = characters.codePoints().toArray();
        return new Random(7)
                .ints(count, 0, choice.length)
                .mapToObj(i -> Character.toString(choice[i]))
                .collect(Collectors.joining());
    }

    static List<String> encoded() {
        Base64.Encoder base64 = Base64.getEncoder();
        return List.of(
                base64.encodeToString(BYTES),
                Base64.getMimeEncoder().encodeToString(BYTES),
                Base64.getUrlEncoder().withoutPadding().encodeToString(BYTES),
                "kJ8f+Qz/3x".repeat(2_000),
                HexFormat.of().formatHex(BYTES),
                HexFormat.of().withUpperCase().formatHex(BYTES),
                HexFormat.ofDelimiter(" ").formatHex(BYTES),
                HexFormat.ofDelimiter(", ").withPrefix("0x").formatHex(BYTES),
                any("0123456789", 3_000),
                any("0123456789", 3_000).replaceAll("(.)", "$1 "),
                any("01", 3_000),
                any(LETTERS.toUpperCase(Locale.ROOT) + "234567", 3_000),
                any(LETTERS + "0123456789", 3_000));
    }

    static List<String> byChance() {
        return List.of(
                any(LETTERS, 3_000),
                any(LETTERS, 3_000).replaceAll("(.)", "$1 "),
                any(LETTERS.toUpperCase(Locale.ROOT), 3_000),
                any(LETTERS + LETTERS.toUpperCase(Locale.ROOT), 3_000),
                any("ACGT", 3_000),
                any("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", 3_000),
                any(" \n\t\r", 3_000));
    }

    static List<String> scripts() {
        return List.of(
                "བོད་ཡིག་ནི ",
                "አማርኛ ቋንቋ ",
                "မြန်မာစာသည် ",
                "មនុស្សទាំងអស់ កើតមកមានសេរីភាព ",
                "ყველა ადამიანი იბადება თავისუფალი ",
                "Բոլոր մարդիկ ծնվում են ազատ ",
                "ᠬᠦᠮᠦᠨ ᠪᠦᠷ ᠲᠥᠷᠥᠵᠦ ",
                "ᏂᎦᏓ ᎠᏂᏴᏫ ᏂᎨᎫᏓᎸᎾ ",
                "ᐃᓅᔪᓕᒫᑦ ᐊᓂᖅᑎᕐᕕᐅᕗᑦ ",
                "龘靐齉爩麤灪龖",
                "𠀀𠁀𠮷𡃁",
                "🧿🪬🫠🦥",
                "😀😂❤️👍🙏🔥🎉😊",
                "👨‍👩‍👧‍👦🏳️‍🌈👩🏽‍💻🇩🇪🇺🇸",
                "𓀀𓁐𓃰",
                "∯∰⨌⨍⧫",
                "𝐀𝐁𝒜𝔄𝕏",
                "┌─┬─┐│█▓▒░",
                "⠁⠃⠉⠙⠑",
                "ðə kwɪk braʊn fɒks dʒʌmps ˈoʊvə ",
                "ＡＢＣ１２３ａｂｃ",
                "反馈应该更具体。回答太长了，请只给出结果，并说明来源。人人生而自由，在尊严和权利上一律平等。",
                "學而時習之，不亦說乎？有朋自遠方來，不亦樂乎？人不知而不慍，不亦君子乎？",
                "すべての人間は、生まれながらにして自由であり、かつ、尊厳と権利とについて平等である。",
                "모든 인간은 태어날 때부터 자유로우며 그 존엄과 권리에 있어 동등하다. ",
                "Все люди рождаются свободными и равными в своем достоинстве и правах. ",
                "Όλοι οι άνθρωποι γεννιούνται ελεύθεροι και ίσοι στην αξιοπρέπεια και τα δικαιώματα. ",
                "يولد جميع الناس أحرارا متساوين في الكرامة والحقوق. ",
                "כל בני האדם נולדו בני חורין ושווים בערכם ובזכויותיהם. ",
                "सभी मनुष्यों को गौरव और अधिकारों के मामले में जन्मजात स्वतन्त्रता और समानता प्राप्त है। ",
                "มนุษย์ทั้งหลายเกิดมามีอิสระและเสมอภาคกันในเกียรติศักดิ์และสิทธิ ",
                "மனிதப் பிறிவியினர் சகலரும் சுதந்திரமாகவே பிறக்கின்றனர். ",
                "Tất cả mọi người sinh ra đều được tự do và bình đẳng về nhân phẩm và quyền lợi. ",
                "Bütün insanlar hür, haysiyet ve haklar bakımından eşit doğarlar. ",
                "Kaikki ihmiset syntyvät vapaina ja tasavertaisina arvoltaan ja oikeuksiltaan. Heille on annettu järki ja omatunto, ja heidän on toimittava toisiaan kohtaan veljeyden hengessä. ",
                "Wszyscy ludzie rodzą się wolni i równi pod względem swej godności i swych praw. ",
                "Watu wote wamezaliwa huru, hadhi na haki zao ni sawa. Wote wamejaliwa akili na dhamiri. ");
    }

    static List<String> ordinary() {
        return List.of(
                "The answer is too long and doesn't name its source. Ask for one sentence, say what the reader knows already, and show"
                        + " an example of the format. Where the question can't be answered, the prompt should say so instead of guessing.\n",
                "The quick brown fox jumps over the lazy dog. ",
                "bad ",
                "Die Antwort ist zu lang und nennt die Quelle nicht. Sie sollte kürzer sein, und wo die Frage nicht beantwortet werden kann,"
                        + " soll das Modell es sagen, statt zu raten. Alle Menschen sind frei und gleich an Würde und Rechten geboren.\n",
                "def fib(n):\n    if n < 2:\n        return n\n    a, b = 0, 1\n    for _ in range(n - 1):\n        a, b = b, a + b\n",
                "for (int i = 0; i < names.size(); i++) {\n    if (names.get(i).isEmpty()) {\n        return i;\n    }\n}\n",
                "{\"id\":17,\"name\":\"Ada\",\"tags\":[\"a\",\"b\"],\"score\":0.375,\"ok\":true,\"next\":null},\n",
                "for f in *.txt; do grep -n \"x\" \"$f\" | awk '{print $1}' >> out; done\n",
                "https://example.org/a/b?id=17&x=y%20z#frag\n",
                "| a | 1 | 2.5 |\n|---|---|---|\n");
    }

    @ParameterizedTest
    @MethodSource("encoded")
    void dataInLettersAndDigitsAreNoLessThanNineTenthsOfTheirTokens(String text) {
        assertThat(ratio(text))
                .as(text.substring(0, 40))
                .satisfies(r -> System.err.println(
                        "ENC " + r + " " + text.substring(0, 30).replace("\n", " ")));
    }

    @ParameterizedTest
    @MethodSource("byChance")
    void lettersAndSignsByChanceAreAtLeastHalfTheirTokens(String text) {
        assertThat(ratio(text)).as(text.substring(0, 40)).isGreaterThan(0.45);
    }

    @ParameterizedTest
    @MethodSource("scripts")
    void noScriptAndNoPictureIsLessThanThreeQuartersOfItsTokens(String text) {
        assertThat(ratio(text.repeat(50))).as(text).isBetween(0.75, 2.0);
    }

    @ParameterizedTest
    @MethodSource("ordinary")
    void proseAndCodeAreAtLeastThreeQuartersAndAtMostEightFifthsOfTheirTokens(String text) {
        assertThat(ratio(text.repeat(20))).as(text).isBetween(0.75, 1.6);
    }

    /** Names of languages are hard words: prose in the same language comes closer. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "am", "bo", "chr", "cy", "dz", "eu", "ff-Adlm", "fi", "ga", "hu", "hy", "is", "ka", "km", "lt", "my",
                "om", "or", "pl", "si", "so", "sw", "ta", "te", "to", "tr", "vi", "yo", "zgh", "zh", "zu"
            })
    void namesInLanguagesOfAllContinentsAreAtLeastThreeQuartersOfTheirTokens(String language) {
        assertThat(ratio(names(Locale.forLanguageTag(language)))).isGreaterThan(0.75);
    }

    private static String names(Locale locale) {
        return Stream.of(Locale.getISOLanguages())
                .map(language -> new Locale(language).getDisplayLanguage(locale))
                .collect(Collectors.joining(" "));
    }

    @Test
    void theTableSaysOfEachCharacterWhatTheVocabulariesSay() {
        Map<String, String> rows = new TreeMap<>();
        for (int page = 0; page <= 0xFF; page++) {
            String row = page < 0xD8 || page > 0xDF ? row(page << 8) : NOTHING;
            if (!row.equals(NOTHING)) {
                rows.put(String.format("%02x", page), row);
            }
        }
        assertThat(new TreeMap<Object, Object>(Table.load("tokens.properties"))).isEqualTo(rows);
    }

    private static String row(int from) {
        int[] tokens = IntStream.range(from, from + 256)
                .map(c -> Vocabulary.tokens(Character.toString(c)))
                .toArray();
        StringBuilder row = new StringBuilder();
        for (int quarter = 0; quarter < 256; quarter += 64) {
            int first = from + quarter;
            int[] dear = IntStream.range(quarter, quarter + 64)
                    .filter(i -> tokens[i] > 1 && Character.isDefined(from + i))
                    .map(i -> tokens[i])
                    .toArray();
            row.append(Arrays.stream(dear).max().orElse(first < 0x800 ? 2 : 3));
        }
        row.append(' ');
        for (int i = 0; i < 256; i += 4) {
            int four = i;
            row.append(Integer.toHexString(IntStream.range(0, 4)
                    .map(bit -> tokens[four + bit] == 1 ? 1 << bit : 0)
                    .sum()));
        }
        return row.toString();
    }
}
