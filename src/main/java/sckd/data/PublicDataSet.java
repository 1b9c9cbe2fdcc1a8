package sckd.data;

import com.google.common.collect.ImmutableMap;
import java.util.List;
import java.util.Map;

/**
 * A data set that can be downloaded.
 *
 * @param about a few words
 * @param files all that it is made of
 * @param folder the directory for them; empty: none of their own
 * @param path what is given as the data set's path after the download, below the directory of all data sets
 * @param next what is still to be done before; empty: nothing
 */
public record PublicDataSet(String about, List<DownloadFile> files, String folder, String path, String next) {
    private static final String TORONTO = "https://www.cs.toronto.edu/~kriz/";
    private static final String CVDF = "https://storage.googleapis.com/cvdf-datasets/mnist/";
    private static final String ZALANDO = "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/";

    private static final Map<String, PublicDataSet> ALL = ImmutableMap.of(
            // Address, size and SHA-256: tensorflow/datasets, url_checksums/cifar10.txt.
            "cifar10",
            new PublicDataSet(
                    "60,000 colour images of 32x32, 10 classes",
                    List.of(new DownloadFile(
                            TORONTO + CifarFormat.TEN.archive(),
                            170_052_171,
                            "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd")),
                    "",
                    CifarFormat.TEN.archive(),
                    ""),
            // The same, url_checksums/cifar100.txt.
            "cifar100",
            new PublicDataSet(
                    "60,000 colour images of 32x32, 100 classes",
                    List.of(new DownloadFile(
                            TORONTO + CifarFormat.HUNDRED.archive(),
                            168_513_733,
                            "58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec")),
                    "",
                    CifarFormat.HUNDRED.archive(),
                    ""),
            // The same, url_checksums/mnist.txt: the mirror of the Common Visual Data Foundation.
            "mnist",
            new PublicDataSet(
                    "70,000 grey images of 28x28, 10 digits",
                    List.of(
                            new DownloadFile(
                                    CVDF + "train-images-idx3-ubyte.gz",
                                    9_912_422,
                                    "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"),
                            new DownloadFile(
                                    CVDF + "train-labels-idx1-ubyte.gz",
                                    28_881,
                                    "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"),
                            new DownloadFile(
                                    CVDF + "t10k-images-idx3-ubyte.gz",
                                    1_648_877,
                                    "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"),
                            new DownloadFile(
                                    CVDF + "t10k-labels-idx1-ubyte.gz",
                                    4_542,
                                    "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6")),
                    "mnist",
                    "mnist",
                    ""),
            // The same, url_checksums/fashion_mnist.txt.
            "fashion-mnist",
            new PublicDataSet(
                    "70,000 grey images of 28x28, 10 kinds of clothes",
                    List.of(
                            new DownloadFile(
                                    ZALANDO + "train-images-idx3-ubyte.gz",
                                    26_421_880,
                                    "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"),
                            new DownloadFile(
                                    ZALANDO + "train-labels-idx1-ubyte.gz",
                                    29_515,
                                    "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"),
                            new DownloadFile(
                                    ZALANDO + "t10k-images-idx3-ubyte.gz",
                                    4_422_102,
                                    "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"),
                            new DownloadFile(
                                    ZALANDO + "t10k-labels-idx1-ubyte.gz",
                                    5_148,
                                    "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5")),
                    "fashion-mnist",
                    "fashion-mnist",
                    ""),
            // Address: the course CS231n. SHA-256 and size as several projects that use the archive record them,
            // independently and alike.
            "tiny-imagenet",
            new PublicDataSet(
                    "110,000 colour images of 64x64, 200 classes",
                    List.of(new DownloadFile(
                            "http://cs231n.stanford.edu/tiny-imagenet-200.zip",
                            248_100_043,
                            "6198c8ae015e2b3e007c7841da39ec069199b9aa3bfa943a462022fe5e43c821")),
                    "",
                    "tiny-imagenet-200",
                    "unpack it there first"));

    public PublicDataSet {
        files = List.copyOf(files);
    }

    /** By name, in the order in which they are listed to users. */
    public static Map<String, PublicDataSet> all() {
        return ALL;
    }

    public long bytes() {
        return files.stream().mapToLong(DownloadFile::bytes).sum();
    }
}
