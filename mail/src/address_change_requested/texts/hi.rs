//! Hindi, with "आप".

use super::Texts;

pub(super) const TEXTS: Texts = Texts {
    subject: "{product} के लिए आपका ईमेल पता बदलने का अनुरोध",
    requested: "{product} के लिए आपका ईमेल पता {address} से बदलकर दूसरा करने का अनुरोध किया गया है ({at})। दूसरे पते की पुष्टि होने तक कुछ नहीं बदलेगा।",
    was_you: "अगर यह अनुरोध आपने किया है, तो आपको यहाँ कुछ करने की ज़रूरत नहीं है।",
    not_you: "अगर आपने नहीं किया है, तो कृपया तुरंत {support} पर लिखें।",
    not_you_without_address: "अगर आपने नहीं किया है, तो कृपया तुरंत {product} से संपर्क करें।",
};
