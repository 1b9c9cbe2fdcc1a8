package sckd.zoo;

/** The size of images that a published network is cut for: it differs in its first layers. */
enum Form {
    /** 32×32. */
    CIFAR,
    /** 224×224: the first layers quarter the size. */
    IMAGENET;

    /** Behind an architecture's name; the form for CIFAR has none. */
    static final String IMAGENET_SUFFIX = "-imagenet";

    /** @param suffix {@code -imagenet}, or null where a name has none */
    static Form ofSuffix(String suffix) {
        return suffix == null ? CIFAR : IMAGENET;
    }
}
