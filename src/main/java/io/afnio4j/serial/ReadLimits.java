package io.afnio4j.serial;

/**
 * The most that a file may ask of its reader. A file beyond one of the limits is refused while it is read, before the
 * memory for it is spent. The same limits hold for writing, so that whoever could write a file can read it again.
 *
 * @param entries entries of the archive, at least the 2 that each file has
 * @param packedBytes the size of the file
 * @param unpackedBytes all entries together, unpacked
 * @param ratio unpacked bytes for one byte of the file
 * @param depth levels of JSON: a list in a list has 2; at most {@value #DEEPEST}, as reading goes down by recursion
 * @param textLength the longest text, in chars
 * @param nodes values of the tree: a list of three numbers counts 4
 */
public record ReadLimits(
        int entries, int packedBytes, int unpackedBytes, int ratio, int depth, int textLength, int nodes) {

    /**
     * The greatest {@link #depth()} that may be asked for: half of what has fitted onto a stack of 1 MiB, which threads
     * have by default.
     */
    public static final int DEEPEST = 250;

    /** 64 entries, 64 MiB packed, 256 MiB unpacked, ratio 200, depth 200, 16 Mi chars a text, 2 million nodes. */
    public static final ReadLimits DEFAULTS = new ReadLimits(64, 64 << 20, 256 << 20, 200, 200, 16 << 20, 2_000_000);

    private static final int GREATEST = Integer.MAX_VALUE - 64; // the longest array that every JVM can make, or less

    public ReadLimits {
        check("entries", entries, 2, GREATEST);
        check("packedBytes", packedBytes, 1, GREATEST);
        check("unpackedBytes", unpackedBytes, 1, GREATEST);
        check("ratio", ratio, 1, GREATEST);
        check("depth", depth, 1, DEEPEST);
        check("textLength", textLength, 1, GREATEST);
        check("nodes", nodes, 1, GREATEST);
    }

    public ReadLimits withEntries(int limit) {
        return new ReadLimits(limit, packedBytes, unpackedBytes, ratio, depth, textLength, nodes);
    }

    public ReadLimits withPackedBytes(int limit) {
        return new ReadLimits(entries, limit, unpackedBytes, ratio, depth, textLength, nodes);
    }

    public ReadLimits withUnpackedBytes(int limit) {
        return new ReadLimits(entries, packedBytes, limit, ratio, depth, textLength, nodes);
    }

    public ReadLimits withRatio(int limit) {
        return new ReadLimits(entries, packedBytes, unpackedBytes, limit, depth, textLength, nodes);
    }

    public ReadLimits withDepth(int limit) {
        return new ReadLimits(entries, packedBytes, unpackedBytes, ratio, limit, textLength, nodes);
    }

    public ReadLimits withTextLength(int limit) {
        return new ReadLimits(entries, packedBytes, unpackedBytes, ratio, depth, limit, nodes);
    }

    public ReadLimits withNodes(int limit) {
        return new ReadLimits(entries, packedBytes, unpackedBytes, ratio, depth, textLength, limit);
    }

    private static void check(String name, int limit, int least, int greatest) {
        if (limit < least || limit > greatest) {
            throw new IllegalArgumentException(
                    "The limit " + name + " is " + limit + ", but it lies between " + least + " and " + greatest + ".");
        }
    }
}
