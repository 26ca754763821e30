//! Hindi, with "आप".

use super::Texts;

pub(super) const TEXTS: Texts = Texts {
    subject: "{code} आपका {product} सत्यापन कोड है",
    subject_without_code: "{product} के लिए अपने ईमेल पते की पुष्टि करें",
    preheader: "आपका कोड {code} है। यह {minutes} तक मान्य है।",
    link_preheader: "इस ईमेल का लिंक {lifetime} तक काम करेगा।",
    heading: "अपने ईमेल पते की पुष्टि करें",
    greeting: "नमस्ते {first_name},",
    intro: "जब {product} यह कोड माँगे, तब कृपया इसे दर्ज करें:",
    code_lifetime: "यह कोड {minutes} तक मान्य है।",
    code_lifetime_until: "यह कोड {minutes} तक मान्य है, यानी {until} तक।",
    keep_secret: "यह कोड किसी को न बताएँ।",
    or_button: "आप चाहें तो इसके बजाय बटन दबाएँ।",
    link_lifetime: "आप चाहें तो इसके बजाय यह लिंक खोलें, जो {lifetime} तक काम करेगा, यानी {until} तक:",
    only_button: "{product} के लिए अपने ईमेल पते की पुष्टि करने के लिए बटन दबाएँ।",
    only_link: "{product} के लिए अपने ईमेल पते की पुष्टि करने के लिए यह लिंक खोलें, जो {lifetime} तक काम करेगा, यानी {until} तक:",
    button: "ईमेल पते की पुष्टि करें",
    button_lifetime: "बटन {lifetime} तक काम करेगा, यानी {until} तक।",
    fallback: "अगर बटन काम न करे, तो यह लिंक अपने ब्राउज़र में खोलें:",
    not_asked: "अगर आपने इसका अनुरोध नहीं किया है, तो इस ईमेल को बेझिझक अनदेखा करें। शायद किसी ने ग़लती से आपका पता डाल दिया है।",
    refuse: "मैंने इसका अनुरोध नहीं किया",
    questions: "कोई सवाल है? {support} पर लिखें।",
};
