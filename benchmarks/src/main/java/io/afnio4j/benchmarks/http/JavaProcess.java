package io.afnio4j.benchmarks.http;

import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Another JVM with the same classes, which is spoken to line by line and ends with its input. */
final class JavaProcess implements AutoCloseable {

    private final Class<?> program;
    private final PrintWriter input;
    private final BufferedReader output;

    /**
     * Starts a program.
     *
     * @param program has a main method
     * @param arguments its arguments
     */
    JavaProcess(Class<?> program, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                program.getName()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        this.program = program;
        this.input = new PrintWriter(process.getOutputStream(), true, StandardCharsets.UTF_8);
        this.output = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    void tell(String line) {
        input.println(line);
    }

    /** The next line that the program writes; waits for it. */
    String hear() throws IOException {
        String line = output.readLine();
        if (line == null) {
            throw new EOFException(program.getSimpleName() + " has ended; its error stands above.");
        }
        return line;
    }

    @Override
    public void close() {
        input.close();
    }
}
