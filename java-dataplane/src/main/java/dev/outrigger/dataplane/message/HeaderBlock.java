// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.message;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The headers of one message: bytes in one array and a table of offsets into it. No object per
 * header; a value is turned into a {@code String} only when somebody asks for one. Reused for one
 * message after another on a connection. Confined to its event loop.
 *
 * <p>Entries keep their order; removing leaves a gap that iteration skips. Names are lower case.
 */
public final class HeaderBlock extends HeaderTable {
    private static final byte[] COMMA = {','};

    private final MessagePart part;
    private long present;

    /** As {@link #present}, for the ids that no mask has. */
    private long presentMore;

    private long repeated;
    private long repeatedMore;
    private @Nullable HeaderKeyFormat keyFormat;
    private boolean doubted;

    /** The headers of a request. */
    public HeaderBlock() {
        this(MessagePart.REQUEST_HEADERS);
    }

    /**
     * @param part decides which names are joined
     */
    public HeaderBlock(MessagePart part) {
        this.part = part;
    }

    /** Forgets everything; gives back room a very large head took. */
    public void reset() {
        forgetEntries();
        present = 0;
        presentMore = 0;
        repeated = 0;
        repeatedMore = 0;
        keyFormat = null;
        doubted = false;
    }

    /** How names are written because of where the message came from; {@code null} for no wish. */
    public @Nullable HeaderKeyFormat keyFormat() {
        return keyFormat;
    }

    void setKeyFormat(HeaderKeyFormat format) {
        keyFormat = format;
    }

    /** Something has come in that {@link SoundHeaders} may not let out. */
    public void doubt() {
        doubted = true;
    }

    public boolean isDoubted() {
        return doubted;
    }

    /** The bytes of all names and values, without what separates them on the wire. */
    public long byteSize() {
        long sum = 0;
        for (int i = 0; i < limit(); i++) {
            if (isLive(i)) {
                sum += nameBytes(i) + (long) valueLength(i);
            }
        }
        return sum;
    }

    /** How long the name of a line is. */
    public int nameBytes(int entry) {
        int id = id(entry);
        return id > 0 ? KnownHeader.name(id).length : nameLength(entry);
    }

    public boolean has(int id) {
        return ((id < KnownHeader.MASKED ? present : presentMore) >>> id & 1) != 0;
    }

    /** Whether Envoy joins lines of this header into one. */
    public boolean isInline(int id) {
        return KnownHeader.isInline(id, part);
    }

    /** Whether any header of the mask is present. */
    public boolean hasAny(long mask) {
        return (present & mask) != 0;
    }

    /** The first entry of a known header, or -1. */
    public int find(int id) {
        if (!has(id)) {
            return -1;
        }
        for (int i = 0; i < limit(); i++) {
            if (id(i) == id) {
                return i;
            }
        }
        return -1;
    }

    /** The first entry from {@code from} on with this lower-case name, or -1. */
    public int find(byte[] name, int from) {
        for (int i = from; i < limit(); i++) {
            if (isLive(i) && nameEquals(i, name)) {
                return i;
            }
        }
        return -1;
    }

    public String name(int entry) {
        int id = id(entry);
        return id > 0
                ? KnownHeader.text(id)
                : new String(data, nameOffset(entry), nameLength(entry), ISO_8859_1);
    }

    /** The value of a known header, or {@code null}. */
    public @Nullable String text(int id) {
        int entry = find(id);
        return entry < 0 ? null : value(entry);
    }

    private boolean nameEquals(int entry, byte[] name) {
        int id = id(entry);
        if (id > 0) {
            return Arrays.equals(KnownHeader.name(id), name);
        }
        int offset = nameOffset(entry);
        return nameLength(entry) == name.length
                && Arrays.equals(data, offset, offset + name.length, name, 0, name.length);
    }

    /** Adds a line; another line of the same name stays. */
    public void add(int id, byte[] value) {
        add(id, value, 0, value.length);
    }

    /** Adds a line of a known header. */
    public void add(int id, byte[] value, int offset, int length) {
        int at = append(value, offset, length);
        addEntry(id, 0, 0, at, length);
    }

    /** Adds a line with a decimal value. */
    public void add(int id, long value) {
        int at = size;
        appendDecimal(value);
        addEntry(id, 0, 0, at, size - at);
    }

    /** Adds a line by its lower-case name. */
    public void add(byte[] name, byte[] value) {
        int id = KnownHeader.of(name);
        if (id != KnownHeader.UNKNOWN) {
            add(id, value);
            return;
        }
        int nameAt = append(name, 0, name.length);
        int valueAt = append(value, 0, value.length);
        addEntry(KnownHeader.UNKNOWN, nameAt, name.length, valueAt, value.length);
    }

    /** Replaces a known header in its place, or adds it. */
    public void set(int id, byte[] value) {
        int entry = find(id);
        if (entry < 0) {
            add(id, value);
        } else {
            setValue(entry, value);
        }
    }

    /** Replaces a known header in its place by a decimal value, or adds it. */
    public void set(int id, long value) {
        int entry = find(id);
        if (entry < 0) {
            add(id, value);
            return;
        }
        int at = size;
        appendDecimal(value);
        setValueRange(entry, at, size - at);
    }

    /** Replaces one line's value. */
    public void setValue(int entry, byte[] value) {
        int at = append(value, 0, value.length);
        setValueRange(entry, at, value.length);
    }

    /**
     * Appends to one line's value behind a separator, as Envoy does for inline headers; an empty
     * value needs none, and nothing changes nothing.
     */
    public void join(int entry, byte[] separator, byte[] value) {
        if (value.length > 0) {
            extend(entry, separator, value);
        }
    }

    /** As {@link #join}, but the separator comes behind a value even before nothing. */
    void extend(int entry, byte[] separator, byte[] value) {
        int length = valueLength(entry);
        if (length == 0) {
            setValue(entry, value);
            return;
        }
        int at = append(data, valueOffset(entry), length);
        append(separator, 0, separator.length);
        append(value, 0, value.length);
        setValueRange(entry, at, length + separator.length + value.length);
    }

    /** Removes every line of a known header. */
    public void remove(int id) {
        if (!has(id)) {
            return;
        }
        if (id < KnownHeader.MASKED) {
            removeAll(KnownHeader.bit(id));
            return;
        }
        presentMore &= ~(1L << id);
        for (int i = 0; i < limit(); i++) {
            if (id(i) == id) {
                removeLine(i);
            }
        }
    }

    /** Removes every line whose id is in the mask. */
    public void removeAll(long mask) {
        if ((present & mask) == 0) {
            return;
        }
        present &= ~mask;
        for (int i = 0; i < limit(); i++) {
            int id = id(i);
            if (id > 0 && id < KnownHeader.MASKED && (mask >>> id & 1) != 0) {
                removeLine(i);
            }
        }
    }

    /** Removes every line of that lower-case name. */
    public void remove(byte[] name) {
        int id = KnownHeader.of(name);
        if (id != KnownHeader.UNKNOWN) {
            remove(id);
            return;
        }
        for (int i = find(name, 0); i >= 0; i = find(name, i + 1)) {
            removeLine(i);
        }
    }

    /** Removes one line. */
    public void removeEntry(int entry) {
        int id = id(entry);
        removeLine(entry);
        if (id > 0) {
            for (int i = 0; i < limit(); i++) {
                if (id(i) == id) {
                    return;
                }
            }
            if (id < KnownHeader.MASKED) {
                present &= ~(1L << id);
            } else {
                presentMore &= ~(1L << id);
            }
        }
    }

    /** Whether a known header was added more than once. */
    boolean isRepeated(int id) {
        return ((id < KnownHeader.MASKED ? repeated : repeatedMore) >>> id & 1) != 0;
    }

    /**
     * Removes every header whose name has an underscore.
     *
     * @return how many there were
     */
    int removeUnderscored() {
        int found = 0;
        for (int i = 0; i < limit(); i++) {
            // No known name has an underscore.
            if (id(i) == KnownHeader.UNKNOWN && hasUnderscore(i)) {
                removeLine(i);
                found++;
            }
        }
        return found;
    }

    /** Whether any of the first entries has a name with one. */
    boolean hasUnderscored(int entries) {
        for (int i = 0; i < entries; i++) {
            if (id(i) == KnownHeader.UNKNOWN && hasUnderscore(i)) {
                return true;
            }
        }
        return false;
    }

    private boolean hasUnderscore(int entry) {
        int from = nameOffset(entry);
        return Ascii.contains(data, from, from + nameLength(entry), '_');
    }

    /** Joins the lines of each repeated inline header into its first line (E16). */
    void joinRepeatedInlineHeaders() {
        if ((repeated | repeatedMore) == 0) {
            return;
        }
        for (int id = 1; id < KnownHeader.COUNT; id++) {
            if (isRepeated(id) && isInline(id)) {
                joinLines(id);
            }
        }
        repeated = 0;
        repeatedMore = 0;
    }

    private void joinLines(int id) {
        int first = find(id);
        for (int i = first + 1; i < limit(); i++) {
            if (id(i) == id) {
                int offset = valueOffset(i);
                join(first, COMMA, Arrays.copyOfRange(data, offset, offset + valueLength(i)));
                removeLine(i);
            }
        }
    }

    /** Copies everything from another block. */
    public void copyFrom(HeaderBlock other) {
        copyEntries(other);
        present = other.present;
        presentMore = other.presentMore;
        keyFormat = other.keyFormat;
        doubted = other.doubted;
    }

    /**
     * Adds every line of another block; what Envoy keeps in one line joins the line that is there.
     */
    public void addAll(HeaderBlock other) {
        for (int i = 0; i < other.limit(); i++) {
            if (!other.isLive(i)) {
                continue;
            }
            int id = other.id(i);
            int offset = other.valueOffset(i);
            int length = other.valueLength(i);
            if (id <= 0) {
                int nameLength = other.nameLength(i);
                int nameAt = append(other.data(), other.nameOffset(i), nameLength);
                addEntry(id, nameAt, nameLength, append(other.data(), offset, length), length);
            } else if (isInline(id) && has(id)) {
                join(find(id), COMMA, Arrays.copyOfRange(other.data(), offset, offset + length));
            } else {
                add(id, other.data(), offset, length);
            }
        }
    }

    /** A decimal value, or -1 when it is not one. */
    public long decimal(int entry) {
        return Ascii.decimal(data, valueOffset(entry), valueLength(entry));
    }

    /** Registers a line whose bytes are in {@link #data()} already. */
    void addEntry(int id, int nameOffset, int nameLength, int valueOffset, int valueLength) {
        appendEntry(id, nameOffset, nameLength, valueOffset, valueLength);
        if (id > 0) {
            long bit = 1L << id;
            if (id < KnownHeader.MASKED) {
                repeated |= present & bit;
                present |= bit;
            } else {
                repeatedMore |= presentMore & bit;
                presentMore |= bit;
            }
        }
    }

    private void appendDecimal(long value) {
        ensure(20);
        size = Ascii.writeDecimal(value, data, size);
    }
}
