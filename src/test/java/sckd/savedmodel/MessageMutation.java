package sckd.savedmodel;

import com.google.common.collect.ArrayListMultimap;
import com.google.common.collect.ListMultimap;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Alters one field of a protobuf message, at any depth: the kind of field is drawn first and then one of its places, so that a rare field is
 * altered as often as a frequent one. Values come from the same message elsewhere, or are such as programs stumble over.
 */
final class MessageMutation {
    private static final long[] NUMBERS = {
        0,
        1,
        -1,
        2,
        3,
        4,
        7,
        64,
        255,
        65_536,
        1 << 20,
        1 << 30,
        Integer.MAX_VALUE,
        Integer.MIN_VALUE,
        1L << 32,
        1L << 40,
        1L << 62,
        Long.MAX_VALUE,
        Long.MIN_VALUE
    };
    private static final double[] REALS = {0, 1, -1, .5, 1e-30, 1e30, Double.NaN, Double.POSITIVE_INFINITY, 3};
    private static final String[] NAMES = {
        "",
        "_",
        "_x",
        "a/b",
        "../x",
        "/",
        "^x",
        "x:9",
        "x:-1",
        "x:99999999999",
        "Init",
        "a>b",
        "prefix/Init",
        "a b",
        "ü",
        "a\nb",
        "\0",
        "-",
        "__saved_model_init_op",
        "é".repeat(300)
    };

    private final Random random;
    private final ListMultimap<String, Object> values = ArrayListMultimap.create();

    private MessageMutation(Random random) {
        this.random = random;
    }

    /** The same type of message with one field altered, now and then to what it was. */
    static byte[] mutate(Message message, Random random) {
        try {
            var dynamic = DynamicMessage.parseFrom(message.getDescriptorForType(), message.toByteString());
            return new MessageMutation(random).mutate(dynamic).toByteArray();
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private Message mutate(Message message) {
        collect(message);
        if (values.isEmpty()) {
            return message;
        }
        var field = pick(values.keySet().stream().sorted().toList());
        return rewrite(
                message, field, new int[] {random.nextInt(values.get(field).size())});
    }

    private void collect(Message message) {
        message.getAllFields().forEach((field, value) -> {
            for (var each : field.isRepeated() ? (List<?>) value : List.of(value)) {
                values.put(field.getFullName(), each);
                if (each instanceof Message inner) {
                    collect(inner);
                }
            }
        });
    }

    /** Counts the field's places down and alters the one at 0. */
    private Message rewrite(Message message, String name, int[] countdown) {
        var builder = message.toBuilder();
        message.getAllFields().forEach((field, value) -> {
            if (field.isRepeated()) {
                builder.setField(field, rewriteAll(field, (List<?>) value, name, countdown));
            } else if (isHit(field, name, countdown)) {
                if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE && random.nextInt(3) == 0) {
                    builder.clearField(field);
                } else {
                    builder.setField(field, alter(field, value));
                }
            } else if (value instanceof Message inner) {
                builder.setField(field, rewrite(inner, name, countdown));
            }
        });
        return builder.build();
    }

    private List<Object> rewriteAll(FieldDescriptor field, List<?> elements, String name, int[] countdown) {
        var rewritten = new ArrayList<Object>();
        for (var element : elements) {
            if (isHit(field, name, countdown)) {
                switch (random.nextInt(6)) {
                    case 0 -> {}
                    case 1 -> {
                        rewritten.add(element);
                        rewritten.add(element);
                    }
                    case 2 -> {
                        rewritten.add(element);
                        rewritten.add(pick(values.get(name)));
                    }
                    case 3 -> rewritten.add(random.nextInt(rewritten.size() + 1), element);
                    default -> rewritten.add(alter(field, element));
                }
            } else {
                rewritten.add(element instanceof Message inner ? rewrite(inner, name, countdown) : element);
            }
        }
        return rewritten;
    }

    private static boolean isHit(FieldDescriptor field, String name, int[] countdown) {
        return field.getFullName().equals(name) && countdown[0]-- == 0;
    }

    private Object alter(FieldDescriptor field, Object value) {
        return switch (field.getJavaType()) {
            case INT -> (int) number((int) value);
            case LONG -> number((long) value);
            case FLOAT -> (float) REALS[random.nextInt(REALS.length)];
            case DOUBLE -> REALS[random.nextInt(REALS.length)];
            case BOOLEAN -> !(boolean) value;
            case ENUM -> pick(((EnumValueDescriptor) value).getType().getValues());
            case STRING -> text(field, (String) value);
            case BYTE_STRING -> ByteString.copyFrom(ByteMutation.mutate(((ByteString) value).toByteArray(), random));
            case MESSAGE -> pick(values.get(field.getFullName()));
        };
    }

    private long number(long value) {
        return random.nextInt(4) == 0 ? value + random.nextInt(3) - 1 : NUMBERS[random.nextInt(NUMBERS.length)];
    }

    private String text(FieldDescriptor field, String value) {
        if (field.getFullName().equals("tensorflow.NodeDef.op")) {
            return pick(List.copyOf(
                    random.nextInt(4) == 0 ? OpDefs.registered().byName().keySet() : AllowedOps.NAMES));
        }
        return switch (random.nextInt(4)) {
            case 0 -> NAMES[random.nextInt(NAMES.length)];
            case 1 -> value + pick(List.of("_1", ":1", ":0", "/x", "0"));
            default -> (String) pick(values.get(field.getFullName()));
        };
    }

    private <T> T pick(List<T> from) {
        return from.get(random.nextInt(from.size()));
    }
}
