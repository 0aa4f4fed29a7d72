package io.afnio4j.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;

/** The code that stands in a page: what readers paste has to compile. */
public final class DocumentedCode {

    private static final Pattern PUBLIC_CLASS = Pattern.compile("public (?:(?:final )?class|record) (\\w+)");

    private DocumentedCode() {}

    /** The blocks of a language in a page, in order. */
    public static List<String> blocks(Path page, String language) throws IOException {
        List<String> blocks = Pattern.compile("(?s)```" + language + "\\n(.*?)```")
                .matcher(Files.readString(page))
                .results()
                .map(block -> block.group(1))
                .toList();
        assertThat(blocks).as("blocks of " + language).isNotEmpty();
        return blocks;
    }

    /** Compiles a program into a directory; returns the name of its class. */
    @CanIgnoreReturnValue
    public static String compile(String program, Path directory) throws IOException {
        Matcher name = PUBLIC_CLASS.matcher(program);
        assertThat(name.find()).as("a public class").isTrue();
        Path source = Files.writeString(directory.resolve(name.group(1) + ".java"), program);
        int result = ToolProvider.getSystemJavaCompiler()
                .run(
                        null,
                        null,
                        null,
                        "-proc:none",
                        "-d",
                        directory.toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        source.toString());
        assertThat(result).as("errors in " + name.group(1)).isZero();
        return name.group(1);
    }
}
