//! Hindi, with "आप".

use super::Texts;

pub(super) const TEXTS: Texts = Texts {
    subject: "{product} के लिए आपका ईमेल पता बदल दिया गया है",
    changed: "{product} के लिए आपका ईमेल पता {address} से बदलकर दूसरा कर दिया गया है ({at})।",
    was_you: "अगर यह बदलाव आपने किया है, तो आपको और कुछ करने की ज़रूरत नहीं है।",
    not_you: "अगर आपने नहीं किया है, तो कृपया तुरंत {support} पर लिखें।",
    not_you_without_address: "अगर आपने नहीं किया है, तो कृपया तुरंत {product} से संपर्क करें।",
};
